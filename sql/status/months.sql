-- Counts of what was owed and what came, one row per month from first to last: duty.reporting_rate with the due day.
select
    r.period,
    m.due_on,
    r.expected,
    r.exempt,
    r.extended,
    r.received,
    r.on_time,
    r.accepted,
    r.returned,
    r.rejected,
    r.missing
from duty.reporting_rate as r
inner join duty.month as m on r.form = m.form and r.period = m.period
where r.form = 'monthly' and r.period between :first and :last
order by r.period
