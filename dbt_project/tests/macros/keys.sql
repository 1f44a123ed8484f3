-- Fails if a key is not the one that dbt_utils of the hub gives, or not the whole number made of it, because keys that
-- were once exported must stay.
{{ config(tags=['truth_table']) }}
{%- set typed = ['1', 'cast(1.50 as numeric(5, 2))', "cast('2024-01-31' as date)", 'true'] %}

with

-- MD5 of the fields as text, joined by '-'; computed apart from dbt
truth_table (first_field, second_field, surrogate_key, integer_key) as (
    values
    ('crm', '1', 'c8448ce67cb1fc6acc251b7355e75dee', 7046295911896639),
    ('a', 'b', '8ca2ed590cf2ea2404f2e67641bcdf50', 4948204628057693),
    ('a', null, '6231b1e7ffe3b9d15edc44e40e6f694c', 3454898486115447),
    (null, null, '92fd475bc0821b474d4c2da142257152', 5171728690450499),
    ('', '', '336d5ebc5436534e61d16e63ddfca327', 1809434683279050),
    ('é', 'ü', 'f082bd2673c472e26514aea8af35d528', 8462217914513550)
),

made as (
    select
        first_field,
        second_field,
        surrogate_key,
        integer_key,
        {{ dbt_utils.generate_surrogate_key(['first_field', 'second_field']) }} as found_surrogate_key,
        {{ hash_key(['first_field', 'second_field']) }} as found_integer_key
    from truth_table

    union all

    -- numbers, days and truths as their text
    select
        'typed' as first_field,
        null as second_field,
        '89d0a4194adeea68618f20568e310821' as surrogate_key,
        4848934378363869 as integer_key,
        {{ dbt_utils.generate_surrogate_key(typed) }} as found_surrogate_key,
        {{ hash_key(typed) }} as found_integer_key
)

select *
from made
where
    surrogate_key is distinct from found_surrogate_key
    or integer_key is distinct from found_integer_key
    or integer_key not between 0 and 9007199254740991
