-- Fails if a text is not read as the number it writes, because a point taken for a comma multiplies revenue.
{{ config(tags=['truth_table']) }}

with

truth_table (given, expected) as (
    values
    ('12', '12'),
    ('-5', '-5'),
    ('12.5', '12.5'),
    ('0.00', '0'),
    ('.5', '0.5'),
    ('12.', '12'),
    (' 12.50 ', '12.50'),
    ('+7', '7'),
    ('1,234.56', '1234.56'),
    ('1.234,56', '1234.56'),
    ('1 234,56', '1234.56'),
    ('1''234.56', '1234.56'),
    (E'1\u00a0234,56', '1234.56'),
    (E'1\u202f234,56 €', '1234.56'),
    ('1,234,567', '1234567'),
    ('1.234.567', '1234567'),
    ('1,234,567.89', '1234567.89'),
    ('1.234.567,89', '1234567.89'),
    ('1,234', '1234'),
    ('12,34', '12.34'),
    ('0,123', '0.123'),
    ('1.234', '1.234'),
    ('1234,5', '1234.5'),
    ('€ 12', '12'),
    ('€12.50', '12.50'),
    ('12,50 €', '12.50'),
    ('$1,234.56', '1234.56'),
    ('US$ 12', '12'),
    ('EUR 12.50', '12.50'),
    ('12.50 EUR', '12.50'),
    ('12 kr', '12'),
    ('-€5', '-5'),
    ('€-5', '-5'),
    ('(5.00)', '-5'),
    ('($5.00)', '-5'),
    ('5.00-', '-5'),
    ('1,23,456', null),
    ('1.2.3', null),
    ('12,34,56', null),
    ('1,234.56.78', null),
    ('12 apples', null),
    ('about 12', null),
    ('1e5', null),
    ('NaN', null),
    ('Infinity', null),
    ('0x1F', null),
    ('1234567890123456', null),
    ('12/03/2024', null),
    ('--5', null),
    (E'\u0661\u0662', null),
    ('€', null),
    ('-', null),
    ('.', null),
    ('', null),
    (cast(null as text), null)
),

read as (
    select
        given,
        cast(expected as numeric) as expected,
        {{ parse_amount('given') }} as found
    from truth_table
)

select *
from read
where expected is distinct from found
