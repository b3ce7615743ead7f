"""What people read: one content, several writers."""
