"""The ways by which messages leave: mail and chats."""
