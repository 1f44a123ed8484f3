{# Every rule of data quality, in one place: a list of (entity, stage, field, rule, condition), where the condition is true
   of a row with the fault; a sixth part, a guard, says which few rows have to be looked at. A rule is one that a row alone
   can break; what staging changes or refuses is a fault found.
   The stage says what the condition sees: `landed` a row of the view raw.all_<entity>, under the name of the entity;
   `staged` what the last step of stg_<entity> reads; `valued` a row of int_orders_valued.
   fault_meanings says what the rules mean. Conditions are whole only for the entity and the stage that are asked for. #}
{%- macro fault_rules(of_entity=none, at_stage=none) -%}
    {#- Seeds are only named where they are read, so that no other model waits for them. -#}
    {%- set is_landed, are_staged_customers = at_stage == 'landed', (of_entity, at_stage) == ('customers', 'staged') -%}
    {%- set fields = {
        'customers': [
            'first_name', 'last_name', 'full_name', 'email', 'phone', 'address', 'city', 'postcode', 'country',
            'birth_date', 'created_at', 'updated_at',
        ],
        'orders': ['email', 'ordered_at', 'amount', 'refunded_amount', 'currency', 'status'],
        'tickets': ['opened_at', 'closed_at', 'satisfaction'],
        'events': ['occurred_at', 'type'],
    } -%}
    {%- set words = ['first_name', 'last_name', 'full_name', 'email', 'address', 'city', 'status'] -%}
    {%- set garbled = '[ÃÂÄÅ][\\u0080-\\u00bf\\u0152\\u0153\\u0160\\u0161\\u0178\\u017d\\u017e\\u0192\\u02c6\\u02dc\\u2013-\\u203a\\u20ac\\u2122]' -%}
    {%- set characters = {
        'full_width': '[\\uff01-\\uff5e]',
        'invisible_character': '[\\u00a0\\u00ad\\u2007\\u200b-\\u200f\\u202f\\u2060\\u3000\\ufeff]',
        'symbol': '[\\u2122\\u00a9\\u00ae]',
    } -%}
    {%- set rules = [] -%}

    {%- for entity, columns in fields.items() -%}
        {%- for field in columns -%}
            {%- set value = entity ~ '.' ~ field -%}
            {%- do rules.append((entity, 'landed', field, 'missing', "coalesce(trim(" ~ value ~ "), '') = ''")) -%}
            {%- do rules.append((entity, 'landed', field, 'placeholder', is_null_word(value) if is_landed)) -%}
            {%- if field in words -%}
                {%- do rules.append((
                    entity, 'landed', field, 'spaces',
                    value ~ " like ' %' or " ~ value ~ " like '% ' or " ~ value ~ " like '%  %'"
                )) -%}
                {%- do rules.append((entity, 'landed', field, 'garbled', matches(value, garbled), is_beyond_ascii(value))) -%}
                {%- for rule, pattern in characters.items() -%}
                    {%- do rules.append((
                        entity, 'landed', field, rule,
                        matches(value, pattern) ~ ' and not ' ~ matches(value, garbled), is_beyond_ascii(value)
                    )) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}

    {%- for field in ['first_name', 'last_name', 'full_name', 'address', 'city'] -%}
        {%- set value = 'named.' ~ field -%}
        {%- set has_letters = matches(value, '[[:alpha:]]{2}') -%}
        {%- for rule, case in {'upper_case': 'upper', 'lower_case': 'lower'}.items() -%}
            {%- do rules.append((
                'customers', 'staged', field, rule,
                value ~ ' = ' ~ case ~ '(' ~ value ~ ') and upper(' ~ value ~ ') <> lower(' ~ value ~ ') and ' ~ has_letters
            )) -%}
        {%- endfor -%}
        {%- if field in ['first_name', 'full_name'] -%}
            {%- set lead = '^(' ~ forms_of_address() | join('|') ~ ')([.]\\s*|\\s+)[[:alpha:]]' -%}
            {%- do rules.append(('customers', 'staged', field, 'title', matches('lower(' ~ value ~ ')', lead))) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- for entity, row, field in [
        ('customers', 'named.', 'birth_date'), ('customers', 'named.', 'created_at'), ('customers', 'named.', 'updated_at'),
        ('orders', 'guests.', 'ordered_at'), ('orders', 'guests.', 'amount'), ('orders', 'guests.', 'refunded_amount'),
        ('tickets', '', 'opened_at'), ('tickets', '', 'closed_at'), ('tickets', '', 'satisfaction'),
        ('events', '', 'occurred_at'),
    ] -%}
        {%- set value = row ~ field -%}
        {%- do rules.append((
            entity, 'staged', field, 'unreadable', value ~ ' is null and ' ~ value ~ '_text is not null'
        )) -%}
        {%- if field.endswith('_at') -%}
            {%- do rules.append((
                entity, 'staged', field, 'implausible', value ~ ' is not null and ' ~ plausible(value) ~ ' is null'
            )) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set not_placeholder = ' and not phones.is_placeholder' -%}
    {%- set streets = '(^|[ 0-9,])(' ~ street_abbreviations() | join('|') ~ ')([ ,]|$)|-str[.]' -%}
    {%- set country = clean_text('customers.country') if is_landed -%}
    {%- set slips = ref('mail_domain_slips') if are_staged_customers -%}
    {%- set no_birth_dates = ref('placeholder_birth_dates') if are_staged_customers -%}
    {{ return(rules + [
        ('customers', 'staged', 'first_name', 'initial', matches('named.first_name', '^[[:alpha:]][.]?$')),
        ('customers', 'staged', 'last_name', 'whole_name', "named.first_name is null and named.last_name like '% %'"),
        (
            'customers', 'staged', 'full_name', 'last_name_first',
            "named.entity_kind = 'person' and (named.full_name like '%,%' or "
            ~ matches('named.full_name', '^[[:upper:]][[:upper:]-]+ .*[[:lower:]]') ~ ')'
        ),
        ('customers', 'staged', 'email', 'placeholder', 'named.is_email_placeholder'),
        ('customers', 'staged', 'email', 'unreadable', 'not named.is_email_valid and not named.is_email_placeholder'),
        (
            'customers', 'staged', 'email', 'domain_slip',
            "split_part(named.email_normalised, '@', 2) in (select slips.domain from " ~ slips ~ ' as slips)'
        ),
        ('customers', 'staged', 'email', 'upper_case', 'named.email_text <> lower(named.email_text)'),
        ('customers', 'staged', 'email', 'tag', "named.email_text like '_%+%@%'"),
        ('customers', 'staged', 'phone', 'placeholder', 'phones.is_placeholder'),
        ('customers', 'staged', 'phone', 'unreadable', 'phones.phone is null' ~ not_placeholder),
        (
            'customers', 'staged', 'phone', 'national',
            "named.phone_text not like '+%' and named.phone_text not like '00%'" ~ not_placeholder
        ),
        (
            'customers', 'staged', 'phone', 'international',
            matches('named.phone_text', '^(00 ?[1-9]|[+][0-9]*[^0-9])[^[:alpha:]#]*$') ~ not_placeholder
        ),
        (
            'customers', 'staged', 'phone', 'extension',
            matches('named.phone_text', '[0-9][ ,~(]*[[:alpha:]#][[:alpha:]. ]*[0-9]{1,7}[)#]?$')
        ),
        ('customers', 'staged', 'address', 'abbreviated', matches('lower(named.address)', streets)),
        ('customers', 'staged', 'address', 'no_house_number', 'not ' ~ matches('named.address', '[0-9]')),
        (
            'customers', 'staged', 'postcode', 'lost_zero',
            "named.country in ('DE', 'ES', 'FI', 'FR', 'IT', 'MX', 'US') and " ~ matches('named.postcode', '^[0-9]{3,4}$')
        ),
        ('customers', 'landed', 'country', 'in_words', country ~ " <> coalesce(country_names.country, '')"),
        ('customers', 'landed', 'country', 'unreadable', country ~ ' is not null and country_names.country is null'),
        (
            'customers', 'staged', 'birth_date', 'placeholder',
            'named.birth_date in (select dates.birth_date from ' ~ no_birth_dates ~ ' as dates)'
        ),
        ('customers', 'staged', 'birth_date', 'implausible', 'named.birth_date > named.as_of_date'),
        ('orders', 'staged', 'order_id', 'missing', 'guests.order_id is null'),
        ('orders', 'staged', 'customer_id', 'missing', 'guests.customer_id is null and guests.guest_contact is null'),
        ('orders', 'staged', 'email', 'unreadable', 'not ' ~ is_valid_email('guests.email_normalised')),
        ('orders', 'staged', 'amount', 'implausible', 'abs(guests.amount) >= ' ~ var('largest_plausible_amount')),
        ('orders', 'staged', 'amount', 'negative', 'guests.amount < 0'),
        (
            'orders', 'staged', 'amount', 'decimal_comma',
            'guests.amount is not null and ' ~ matches('guests.amount_text', ',[0-9]{1,2}$'),
            "guests.amount_text like '%,%'"
        ),
        (
            'orders', 'staged', 'amount', 'with_currency',
            "guests.amount is not null and translate(guests.amount_text, '+-0123456789., ()', '') <> ''"
        ),
        ('orders', 'staged', 'status', 'upper_case', 'guests.status_text <> lower(guests.status_text)'),
        ('orders', 'staged', 'currency', 'lower_case', 'guests.currency_text <> upper(guests.currency_text)'),
        ('orders', 'valued', 'status', 'unknown', 'not is_status_known'),
        ('orders', 'valued', 'currency', 'unknown', 'exchange_rate is null'),
        ('tickets', 'staged', 'ticket_id', 'missing', 'ticket_id is null'),
        ('events', 'staged', 'event_id', 'missing', 'event_id is null'),
    ]) }}
{%- endmacro %}
