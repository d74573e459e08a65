CREATE TABLE `mentions` (
	`user_id` text NOT NULL,
	`message_id` text NOT NULL,
	`reason` text NOT NULL,
	PRIMARY KEY(`user_id`, `message_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `mentions_message` ON `mentions` (`message_id`);--> statement-breakpoint
ALTER TABLE `room_members` ADD `notify` text DEFAULT 'mentions' NOT NULL;--> statement-breakpoint
ALTER TABLE `room_members` ADD `is_favourite` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `room_members` ADD `position` integer;--> statement-breakpoint
ALTER TABLE `room_members` ADD `closed_seq` integer;--> statement-breakpoint
ALTER TABLE `rooms` ADD `direct_key` text;--> statement-breakpoint
CREATE UNIQUE INDEX `rooms_direct_key_unique` ON `rooms` (`direct_key`);--> statement-breakpoint
CREATE INDEX `messages_pinned` ON `messages` (`room_id`,`pinned_at`) WHERE "messages"."pinned_at" is not null;--> statement-breakpoint
-- What was said so far: who is mentioned in it, and whom it replies to.
INSERT OR IGNORE INTO `mentions` (`user_id`, `message_id`, `reason`)
	SELECT `users`.`id`, `messages`.`id`, 'mention'
	FROM `messages` JOIN json_each(`messages`.`mentions`) `named` JOIN `users` ON `users`.`id` = `named`.`value`
	WHERE `users`.`kind` = 'human' AND `users`.`id` <> `messages`.`sender_id` AND `messages`.`deleted_at` IS NULL;
--> statement-breakpoint
INSERT OR IGNORE INTO `mentions` (`user_id`, `message_id`, `reason`)
	SELECT `users`.`id`, `messages`.`id`, 'reply'
	FROM `messages` JOIN `messages` `earlier` ON `earlier`.`id` = `messages`.`reply_to` JOIN `users` ON `users`.`id` = `earlier`.`sender_id`
	WHERE `users`.`kind` = 'human' AND `users`.`id` <> `messages`.`sender_id` AND `messages`.`deleted_at` IS NULL;
