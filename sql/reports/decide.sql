-- Keeps what a person said of facts, where it is not what was said last; the documents concerned.
with said as (
    select
        g.*,
        (
            select d.verdict
            from narrative.decision as d
            where d.sha256 = g.sha256 and d.indicator = g.indicator and d.value = g.value
            order by d.decision_id desc
            limit 1
        ) as last_verdict
    from pg_temp.given_decision as g
),

added as (
    insert into narrative.decision (sha256, indicator, value, quote, verdict, decided_by, note)
    select
        s.sha256,
        s.indicator,
        s.value,
        s.quote,
        s.verdict,
        :decided_by as decided_by,
        s.note
    from said as s
    where s.verdict is distinct from s.last_verdict
    returning sha256, verdict
)

select
    d.document_id,
    a.verdict
from added as a
inner join narrative.document as d on a.sha256 = d.sha256
order by d.document_id
