"""Headings of the columns in rosters of all platforms, as `plain_heading` returns them."""

# For each field the headings that name it in the exports of GitHub Classroom (roster and gradebook), Classroom 50,
# Canvas, Moodle and Blackboard, as `plain_heading` returns them. The first one that a file has is used.
HEADINGS = {
    "username": ("githubusername", "github", "username", "sisloginid", "loginid", "login"),
    "identifier": ("identifier", "rosteridentifier", "sisuserid", "studentid", "idnumber", "studentnumber", "id"),
    "name": ("name", "fullname", "studentname", "student", "displayname"),
    "first_name": ("firstname", "givenname", "forename"),
    "last_name": ("lastname", "surname", "familyname"),
    "email": ("email", "emailaddress", "mail"),
    "section": ("section", "sections", "group", "groups"),
    "login": ("currentusername",),  # in our own file
}
KNOWN = frozenset(heading for headings in HEADINGS.values() for heading in headings)
# By these a platform recognizes its students: kept as they are, whatever they are read as, for `classroom export`.
PLATFORM_IDS = frozenset({"id", "sisuserid", "sisloginid", "idnumber"})
GITHUB_USERNAMES = frozenset({"githubusername", "github"})  # whose cells are accounts on GitHub
NOT_STUDENTS = {"points possible", "student, test", "test student"}  # rows that Canvas puts among the students
