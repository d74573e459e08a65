-- The triggers touch no full-text table any more: a program that opens the database with an older SQLite, which does not know
-- this kind of index, can change and delete messages as well as add some. A search reads what is noted before it answers, and
-- finds nothing by a text that no longer stands there.
-- A migration that rebuilds `messages` drops its triggers along with it and has to create them again.
DROP TRIGGER `search_message_changed`;
--> statement-breakpoint
DROP TRIGGER `search_message_gone`;
--> statement-breakpoint
-- Not while a reply grows: its text is read once, when it is final.
CREATE TRIGGER `search_message_changed` AFTER UPDATE OF `content`, `status`, `deleted_at` ON `messages`
WHEN (old.`status` = 'streaming') <> (new.`status` = 'streaming')
	OR (new.`status` <> 'streaming' AND (old.`content` <> new.`content` OR old.`deleted_at` IS NOT new.`deleted_at`))
BEGIN
	INSERT INTO `search_queue` (`message_id`) VALUES (new.`id`);
END;
--> statement-breakpoint
CREATE TRIGGER `search_message_gone` AFTER DELETE ON `messages` BEGIN
	INSERT INTO `search_queue` (`message_id`) VALUES (old.`id`);
END;
