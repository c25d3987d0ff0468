"""From the policy's types to what a template prints. Plain Python: no Django, no clock; today comes in as an argument."""
