{# Forms of address that stand before a name, in small letters. #}
{%- macro forms_of_address() -%}
    {{ return([
        'mr', 'mrs', 'ms', 'miss', 'dr', 'prof', 'sir', 'm', 'mme', 'mlle', 'herr', 'frau', 'hr', 'fr', 'sr', 'sra', 'srta',
        'dhr', 'mevr', 'sig', 'dott',
    ]) }}
{%- endmacro %}
