-- The index is filled behind the posts (see `search/indexer.ts`): the triggers only note which messages there are to read.
-- What may not be found any more leaves it at once, in the very write that takes it back.
-- A migration that rebuilds `messages` drops its triggers along with it and has to create them again.

CREATE TABLE `search_queue` (
	`number` integer PRIMARY KEY NOT NULL,
	`message_id` text NOT NULL
);
--> statement-breakpoint
DROP TRIGGER `search_message_posted`;
--> statement-breakpoint
DROP TRIGGER `search_message_changed`;
--> statement-breakpoint
CREATE TRIGGER `search_message_posted` AFTER INSERT ON `messages` BEGIN
	INSERT INTO `search_queue` (`message_id`) VALUES (new.`id`);
END;
--> statement-breakpoint
-- Not while a reply grows: its text is read once, when it is final.
CREATE TRIGGER `search_message_changed` AFTER UPDATE OF `content`, `status`, `deleted_at` ON `messages`
WHEN (old.`status` = 'streaming') <> (new.`status` = 'streaming')
	OR (new.`status` <> 'streaming' AND (old.`content` <> new.`content` OR old.`deleted_at` IS NOT new.`deleted_at`))
BEGIN
	DELETE FROM `search_index` WHERE `rowid` = (SELECT `id` FROM `search_messages` WHERE `message_id` = new.`id`);
	INSERT INTO `search_queue` (`message_id`) SELECT new.`id` WHERE new.`status` <> 'streaming' AND new.`deleted_at` IS NULL;
END;
