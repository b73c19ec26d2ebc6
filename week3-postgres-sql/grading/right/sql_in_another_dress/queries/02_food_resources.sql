select r.* from resources as r where r.category in ($$Food$$) order by 1; -- done; really
