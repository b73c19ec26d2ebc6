/* every column; by id */ TABLE resources ORDER BY "id"
