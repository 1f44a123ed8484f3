-- Fails if a generic test or macro of the local dbt_utils finds other rows than the hub's does on these literal tables,
-- because models and tests call it by the hub's names.
{{ config(tags=['truth_table']) }}
{%- set numbers = '(values (1, 1), (3, 1), (5, 1), (null, 2), (5, 2)) as numbers (number, part)' -%}
{%- set days = "(values (date '2024-02-28'), (date '2024-02-29'), (date '2024-03-02')) as days (day)" -%}
{%- set cases = [
    (dbt_utils.default__test_accepted_range(numbers, 'number', min_value=3), 1),
    (dbt_utils.default__test_accepted_range(numbers, 'number', min_value=3, inclusive=false), 2),
    (dbt_utils.default__test_accepted_range(numbers, 'number', max_value=3), 2),
    (dbt_utils.default__test_accepted_range(numbers, 'number', min_value=2, max_value=4), 3),
    (dbt_utils.default__test_accepted_range(numbers, 'number'), 0),
    (dbt_utils.default__test_expression_is_true(numbers, 'number + part < 6', none), 2),
    (dbt_utils.default__test_expression_is_true(numbers, '< 5', 'number'), 2),
    (dbt_utils.default__test_unique_combination_of_columns(numbers, ['number']), 1),
    (dbt_utils.default__test_unique_combination_of_columns(numbers, ['number', 'part']), 0),
    (dbt_utils.default__test_unique_combination_of_columns(numbers, ['part'], quote_columns=true), 2),
    (dbt_utils.default__test_sequential_values(numbers, 'number', interval=2), 1),
    (dbt_utils.default__test_sequential_values(numbers, 'number', interval=2, group_by_columns=['part']), 0),
    (dbt_utils.default__test_sequential_values(days, 'day', interval=1, datepart='day'), 1),
    ('select 1 as found where ' ~ dbt_utils.safe_divide('6', '4.0') ~ ' = 1.5', 1),
    ('select 1 as found where ' ~ dbt_utils.safe_divide('1', '0') ~ ' is null', 1),
] %}

with

counted as (
    {% for query, expected_rows in cases -%}
    select
        {{ loop.index }} as case_number,
        {{ expected_rows }} as expected_rows,
        count(*) as found_rows
    from (
        {{ query }}
    )
    {%- if not loop.last %}

    union all

    {% endif -%}
    {% endfor %}
)

select *
from counted
where expected_rows <> found_rows
