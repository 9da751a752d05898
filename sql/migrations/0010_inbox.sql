-- What has been collected from the inbox, so that a file already taken is not read again, and how far county rules ran.

create table if not exists intake.inbox_file (
    file_name text primary key,
    size bigint not null,
    modified_ns bigint not null,
    sha256 text not null
);
comment on table intake.inbox_file is '收件箱台账: files of the inbox already collected, as they were then';
comment on column intake.inbox_file.file_name is '文件名: path inside the inbox';
comment on column intake.inbox_file.size is '大小: bytes';
comment on column intake.inbox_file.modified_ns is '修改时间: nanoseconds since 1970';
comment on column intake.inbox_file.sha256 is '文件摘要: sha256 of the bytes';

create table if not exists intake.watermark (
    name text primary key,
    submission_id bigint not null
);
comment on table intake.watermark is '处理进度: the newest submission a later step has dealt with';
comment on column intake.watermark.name is '步骤: name of the step';
comment on column intake.watermark.submission_id is '报送编号: all up to this one are dealt with';
