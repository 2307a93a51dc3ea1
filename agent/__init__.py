"""The assistant: resolve, plan, judge, draft, execute, remember; and its faces."""
