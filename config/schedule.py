"""When beat asks for which task: seconds between two ticks, or a time of the night (UTC).

Every entry is a sweeper over rows: missing a tick delays work, never loses it.
"""

from typing import Any, Final

from celery.schedules import crontab

SCHEDULE: Final[dict[str, dict[str, Any]]] = {
    "score-what-was-asked": {"task": "scoring.tasks.drain_score_requests", "schedule": 5.0},
    "score-everybody": {"task": "scoring.tasks.score_everybody", "schedule": 5.0},
    "answer-analyses": {"task": "scoring.tasks.answer_analyses", "schedule": 10.0},
    "score-what-time-changed": {"task": "scoring.tasks.request_due_scores", "schedule": 30.0},
    "let-go-of-old-score-changes": {"task": "scoring.tasks.let_go_of_old_score_changes", "schedule": 60.0},
    "return-unanswered-handoffs": {"task": "handoff.tasks.breach_overdue", "schedule": 30.0},
    "warn-of-deadlines": {"task": "handoff.tasks.warn_due", "schedule": 30.0},
    "reroute-what-is-held": {"task": "handoff.tasks.reroute_held", "schedule": 60.0},
    "pass-what-waits": {"task": "handoff.tasks.pass_ready", "schedule": 60.0},
    "promote-what-qualifies": {"task": "handoff.tasks.promote_requested", "schedule": 5.0},
    "ask-for-what-was-missed": {"task": "handoff.tasks.request_missed", "schedule": 60.0},
    "pass-whose-turn-it-is": {"task": "handoff.tasks.pass_from_backlog", "schedule": 60.0},
    "keep-segments": {"task": "nurture.tasks.keep_segments", "schedule": 5.0},
    "take-steps": {"task": "nurture.tasks.take_steps", "schedule": 5.0},
    "look-at-whom-time-moved": {"task": "nurture.tasks.sweep_segments", "schedule": 60.0},
    "send-mails": {"task": "nurture.tasks.send_mails", "schedule": 10.0},
    "send-deliveries": {"task": "outbox.tasks.send_deliveries", "schedule": 10.0},
    "send-letters": {"task": "outbox.tasks.send_letters", "schedule": 10.0},
    "send-to-chat": {"task": "outbox.tasks.send_to_chat", "schedule": 10.0},
    "forget-old-notices": {"task": "outbox.tasks.forget_notices", "schedule": crontab(hour=3, minute=25)},
    "forget-sessions": {"task": "config.tasks.forget_sessions", "schedule": crontab(hour=3, minute=15)},
    "remind-of-review": {"task": "reporting.tasks.remind_of_review", "schedule": crontab(hour=6, minute=20)},
    "remove-what-is-due": {"task": "leads.tasks.remove_what_is_due", "schedule": crontab(hour=2, minute=40)},
    "resume-exports": {"task": "leads.tasks.resume_exports", "schedule": 60.0},
    "store-erasures": {"task": "leads.tasks.store_erasures", "schedule": 60.0},
    "remind-of-tasks": {"task": "leads.tasks.remind_of_tasks", "schedule": 60.0},
    "find-duplicates": {"task": "leads.tasks.find_duplicates", "schedule": 30.0},
    "let-go-of-merges": {"task": "leads.tasks.let_go_of_merges", "schedule": crontab(hour=3, minute=35)},
    "take-what-streamed-in": {"task": "capture.tasks.drain_inbox", "schedule": 5.0},
    "take-submissions": {"task": "capture.tasks.take_submissions", "schedule": 10.0},
    "join-visitors": {"task": "capture.tasks.join_visitors", "schedule": 5.0},
    "change-in-bulk": {"task": "leads.tasks.change_in_bulk", "schedule": 60.0},
    "sort-pages": {"task": "leads.tasks.sort_pages", "schedule": 60.0},
    "recount-channels": {"task": "capture.tasks.recount_channels", "schedule": 60.0},
    "go-on-with-demonstration": {"task": "config.tasks.go_on_with_demonstration", "schedule": 60.0},
    "resume-imports": {"task": "capture.tasks.resume_imports", "schedule": 60.0},
    "forget-old-import-files": {
        "task": "capture.tasks.forget_import_files",
        "schedule": crontab(hour=3, minute=10),
    },
}
