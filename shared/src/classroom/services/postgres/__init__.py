"""PostgreSQL: databases with their own roles, and what a check may do with them."""
