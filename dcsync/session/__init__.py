"""What commands share: console, connection, planning, execution, reports. Contains no command."""
