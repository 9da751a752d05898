-- The first and the last month, not after the given one, that were declared due or for which a return came.
select
    min(m.period) as first,
    max(m.period) as last
from duty.month as m
where m.form = 'monthly' and m.period <= :last
