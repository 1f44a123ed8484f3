"""What people ask about who is who: make who (a key's life), make why (two records), make review (open pairs)."""
