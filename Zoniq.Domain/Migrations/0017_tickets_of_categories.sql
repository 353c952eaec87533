-- To delete a category, or an event with several, the foreign key asks for its tickets: without an index all that were ever sold are read for each.

create index ticket_of_category on ticket (category_id);
