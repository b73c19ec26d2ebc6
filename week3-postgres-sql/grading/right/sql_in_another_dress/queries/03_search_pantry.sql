SELECT "category", "name", "id" FROM "public"."resources" WHERE "name" ~* 'pantry' ORDER BY "id" ASC
/* no semicolon at the end
 */