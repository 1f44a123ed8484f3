{# Kinds of street in short, in small letters, as patterns. #}
{%- macro street_abbreviations() -%}
    {{ return([
        'r[.]', 'av', 'av[.]', 'ave[.]?', 'bd[.]?', 'blvd[.]?', 'bvd', 'ch[.]', 'imp[.]', 'pl[.]', 'rte[.]?', 'all[.]',
        'st', 'st[.]', 'rd[.]?', 'dr[.]?', 'ln[.]?', 'ct[.]?', 'sq[.]?', 'stn[.]?', 'hwy[.]?', 'pkwy[.]?', 'cres[.]?',
        'c/', 'avda[.]?', 'pza[.]?', 'pº', 'cno[.]?', 'ctra[.]?', 'str', 'str[.]', 'v[.]le', 'p[.]za',
    ]) }}
{%- endmacro %}
