CREATE TABLE `__new_mentions` (
	`user_id` text NOT NULL,
	`message_id` text NOT NULL,
	`reason` text NOT NULL,
	`room_id` text NOT NULL,
	`seq` integer NOT NULL,
	PRIMARY KEY(`user_id`, `message_id`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO `__new_mentions` (`user_id`, `message_id`, `reason`, `room_id`, `seq`)
	SELECT `mentions`.`user_id`, `mentions`.`message_id`, `mentions`.`reason`, `messages`.`room_id`, `messages`.`seq`
	FROM `mentions` JOIN `messages` ON `messages`.`id` = `mentions`.`message_id`;
--> statement-breakpoint
DROP TABLE `mentions`;
--> statement-breakpoint
ALTER TABLE `__new_mentions` RENAME TO `mentions`;
--> statement-breakpoint
CREATE INDEX `mentions_message` ON `mentions` (`message_id`);
--> statement-breakpoint
CREATE INDEX `mentions_room` ON `mentions` (`user_id`,`room_id`,`seq`);
