-- Keeps the summary of a collection as it was told.
insert into intake.quality_summary (subject, told, content)
values (:subject, :text, cast(:content as jsonb))
