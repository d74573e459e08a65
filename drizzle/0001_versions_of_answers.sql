CREATE TABLE `message_versions` (
	`message_id` text NOT NULL,
	`version` integer NOT NULL,
	`content` text NOT NULL,
	`status` text NOT NULL,
	`ai` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`message_id`, `version`),
	FOREIGN KEY (`message_id`) REFERENCES `messages`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
DROP INDEX `agent_sessions_claim`;--> statement-breakpoint
ALTER TABLE `agent_sessions` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX `agent_sessions_claim` ON `agent_sessions` (`agent_id`,`trigger_message_id`,`version`);--> statement-breakpoint
ALTER TABLE `uploads` ADD `version` integer;