"""What commands share: console, connection, planning, execution, reports. Holds no command."""
