-- The full-text search of messages, which only SQLite does this way: drizzle-kit does not know these tables.
-- A migration that rebuilds `messages` drops its triggers along with it and has to create them again.

-- A room as one trigram, so that a search passes over the other rooms within the index.
CREATE TABLE `search_rooms` (
	`id` integer PRIMARY KEY NOT NULL,
	`room_id` text NOT NULL UNIQUE REFERENCES `rooms`(`id`) ON DELETE cascade,
	`code` text GENERATED ALWAYS AS (char(19968 + `id` % 20000, 19968 + `id` / 20000 % 20000, 19968)) VIRTUAL
);
--> statement-breakpoint
-- Numbers the messages as they are posted. The number is a column of its own: VACUUM may change those that SQLite gives.
CREATE TABLE `search_messages` (
	`id` integer PRIMARY KEY NOT NULL,
	`message_id` text NOT NULL UNIQUE,
	`room_id` text NOT NULL,
	`sender_id` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE VIRTUAL TABLE `search_index` USING fts5(`room`, `content`, content='', contentless_delete=1, tokenize='trigram remove_diacritics 1');
--> statement-breakpoint
INSERT INTO `search_rooms` (`room_id`) SELECT `id` FROM `rooms` ORDER BY `created_at`, `id`;
--> statement-breakpoint
INSERT INTO `search_messages` (`message_id`, `room_id`, `sender_id`, `created_at`)
	SELECT `id`, `room_id`, `sender_id`, `created_at` FROM `messages` ORDER BY `created_at`, `room_id`, `seq`;
--> statement-breakpoint
INSERT INTO `search_index` (`rowid`, `room`, `content`)
	SELECT `search_messages`.`id`, `search_rooms`.`code`, `messages`.`content`
	FROM `search_messages`
	JOIN `search_rooms` ON `search_rooms`.`room_id` = `search_messages`.`room_id`
	JOIN `messages` ON `messages`.`id` = `search_messages`.`message_id`
	WHERE `messages`.`status` <> 'streaming' AND `messages`.`deleted_at` IS NULL
	ORDER BY `search_messages`.`id`;
--> statement-breakpoint
CREATE TRIGGER `search_message_posted` AFTER INSERT ON `messages` BEGIN
	INSERT INTO `search_rooms` (`room_id`) SELECT new.`room_id`
		WHERE NOT EXISTS (SELECT 1 FROM `search_rooms` WHERE `room_id` = new.`room_id`);
	INSERT INTO `search_messages` (`message_id`, `room_id`, `sender_id`, `created_at`)
		VALUES (new.`id`, new.`room_id`, new.`sender_id`, new.`created_at`);
	INSERT INTO `search_index` (`rowid`, `room`, `content`)
		SELECT `search_messages`.`id`, `search_rooms`.`code`, new.`content`
		FROM `search_messages` JOIN `search_rooms` ON `search_rooms`.`room_id` = new.`room_id`
		WHERE `search_messages`.`message_id` = new.`id` AND new.`status` <> 'streaming' AND new.`deleted_at` IS NULL;
END;
--> statement-breakpoint
-- Not while a reply grows: its text is indexed once, when it is final.
CREATE TRIGGER `search_message_changed` AFTER UPDATE OF `content`, `status`, `deleted_at` ON `messages`
WHEN (old.`status` = 'streaming') <> (new.`status` = 'streaming')
	OR (new.`status` <> 'streaming' AND (old.`content` <> new.`content` OR old.`deleted_at` IS NOT new.`deleted_at`))
BEGIN
	DELETE FROM `search_index` WHERE `rowid` = (SELECT `id` FROM `search_messages` WHERE `message_id` = new.`id`);
	INSERT INTO `search_index` (`rowid`, `room`, `content`)
		SELECT `search_messages`.`id`, `search_rooms`.`code`, new.`content`
		FROM `search_messages` JOIN `search_rooms` ON `search_rooms`.`room_id` = new.`room_id`
		WHERE `search_messages`.`message_id` = new.`id` AND new.`status` <> 'streaming' AND new.`deleted_at` IS NULL;
END;
--> statement-breakpoint
CREATE TRIGGER `search_message_gone` AFTER DELETE ON `messages` BEGIN
	DELETE FROM `search_index` WHERE `rowid` = (SELECT `id` FROM `search_messages` WHERE `message_id` = old.`id`);
	DELETE FROM `search_messages` WHERE `message_id` = old.`id`;
END;
