"""PostgreSQL: databases with roles of their own, and what a check may do with them."""
