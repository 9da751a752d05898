-- The cells of the last reported profile behind denominators and stocks.
select
    f.township_code,
    f.township_code as unit,
    v.input,
    f.submission_id,
    'profile' as sheet,
    0 as excel_row,
    v.fields
from pg_temp.last_profile as f
cross join (
    values
    ('suggestions_per_deputy', array['deputy_in_office']),
    ('active_group_rate', array['deputy_group_count']),
    ('receptions_per_station', array['liaison_home_count', 'liaison_station_count']),
    ('deputy_file_rate', array['deputy_in_office']),
    ('deputy_home_count', array['liaison_home_count'])
) as v (input, fields)
where v.input = any(:inputs)
