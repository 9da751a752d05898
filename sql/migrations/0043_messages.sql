-- Who is told and what was told: contacts and the transactional outbox. Addresses are personal: schema restricted.

create table if not exists restricted.contact (
    township_code text not null,
    name text not null,
    mail text,
    notify_url text,
    valid_from date not null,
    valid_to date,
    check (mail is not null or notify_url is not null),
    check (valid_to is null or valid_to >= valid_from)
);
create index if not exists contact_township on restricted.contact (township_code);
comment on table restricted.contact is '联系人: whom reminders reach, each from a day on; beside the register';
comment on column restricted.contact.township_code is '行政区划代码: the township';
comment on column restricted.contact.name is '姓名: the person';
comment on column restricted.contact.mail is '邮箱: mail address';
comment on column restricted.contact.notify_url is '通知地址: Apprise address (DingTalk, WeCom, Feishu, webhook)';
comment on column restricted.contact.valid_from is '生效日: first day';
comment on column restricted.contact.valid_to is '失效日: last day, NULL while it holds';

create table if not exists duty.notice (
    matter text primary key,
    noted_at timestamp not null
);
comment on table duty.notice is '已告知事项: what has been put into a message; a matter is told once';
comment on column duty.notice.matter is '事项: such as returned:123 or reminder:monthly:2025-03:township:due day:step';
comment on column duty.notice.noted_at is '时间: local time';

create table if not exists restricted.message (
    message_id bigint generated always as identity primary key,
    dedup_key text not null unique,
    kind text not null check (kind in ('returned', 'reminder', 'alert', 'digest', 'decision')),
    priority integer not null,
    township_code text,
    channel text not null check (channel in ('mail', 'apprise')),
    address text not null,
    subject text not null,
    body text not null,
    state text not null default 'queued'
    check (state in ('queued', 'sending', 'sent', 'uncertain', 'undeliverable', 'expired')),
    attempts integer not null default 0,
    queued_at timestamp not null,
    next_try_at timestamp not null,
    valid_until timestamp,
    claim uuid,
    claimed_at timestamp,
    handed_at timestamp,
    ended_at timestamp,
    last_error text
);
create index if not exists message_waiting on restricted.message (priority, message_id)
where state in ('queued', 'sending');
comment on table restricted.message
is '发件台账: every message, queued in the transaction that made it due, sent at most once';
comment on column restricted.message.message_id is '编号: running number';
comment on column restricted.message.dedup_key is '去重标识: matter, channel and address; part of the Message-ID';
comment on column restricted.message.kind is '类别: returned, reminder, alert, digest or decision';
comment on column restricted.message.priority is '次序: small ones go first; returned workbooks before all else';
comment on column restricted.message.township_code is '行政区划代码: the township, NULL for the county';
comment on column restricted.message.channel is '渠道: mail or apprise';
comment on column restricted.message.address is '地址: mail address or Apprise address';
comment on column restricted.message.subject is '标题: one line';
comment on column restricted.message.body is '正文: text in Chinese';
comment on column restricted.message.state
is '状态: queued, sending, sent, uncertain (cut off at the hand-over; people may send it again), undeliverable, expired';
comment on column restricted.message.attempts is '尝试次数: how often it was taken up';
comment on column restricted.message.queued_at is '生成时间: local time';
comment on column restricted.message.next_try_at is '下次尝试: not before this local time';
comment on column restricted.message.valid_until is '有效期: what is not sent by then is not sent at all';
comment on column restricted.message.claim is '认领: which sender has taken it up';
comment on column restricted.message.claimed_at is '认领时间: local time';
comment on column restricted.message.handed_at
is '交付时间: just before it was handed to the server; NULL while it surely was not';
comment on column restricted.message.ended_at is '结束时间: when the state became final';
comment on column restricted.message.last_error is '最近错误: why it could not be sent';

create or replace view duty.delivery as
select
    m.message_id,
    m.kind,
    m.township_code,
    m.channel,
    m.subject,
    m.state,
    m.attempts,
    m.queued_at,
    m.next_try_at,
    m.ended_at,
    m.last_error
from restricted.message as m;
comment on view duty.delivery is '发送情况: messages without addresses and texts';
comment on column duty.delivery.message_id is '编号: running number';
comment on column duty.delivery.kind is '类别: returned, reminder, alert, digest or decision';
comment on column duty.delivery.township_code is '行政区划代码: the township, NULL for the county';
comment on column duty.delivery.channel is '渠道: mail or apprise';
comment on column duty.delivery.subject is '标题: one line';
comment on column duty.delivery.state is '状态: queued, sending, sent, uncertain, undeliverable or expired';
comment on column duty.delivery.attempts is '尝试次数: how often it was taken up';
comment on column duty.delivery.queued_at is '生成时间: local time';
comment on column duty.delivery.next_try_at is '下次尝试: local time';
comment on column duty.delivery.ended_at is '结束时间: when the state became final';
comment on column duty.delivery.last_error is '最近错误: why it could not be sent';

grant select on restricted.contact, restricted.message, duty.notice, duty.delivery to county;
