module manage-guests

go 1.22
