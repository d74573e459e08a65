UPDATE `events` SET `subject_id` = `data` ->> '$.message.id' WHERE `type` IN ('message.created', 'message.updated');
--> statement-breakpoint
UPDATE `events` SET `subject_id` = `data` ->> '$.message_id' WHERE `type` = 'message.deleted';
--> statement-breakpoint
-- What was edited so far is out of the log as well.
UPDATE `events` SET `data` = json_set(`data`, '$.message.content', `messages`.`content`, '$.message.mentions', json(`messages`.`mentions`))
	FROM `messages`
	WHERE `messages`.`id` = `events`.`subject_id` AND `messages`.`edited_at` IS NOT NULL AND `events`.`type` IN ('message.created', 'message.updated');
