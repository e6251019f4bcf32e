-- The gauge of echoes is read each minute; without this it would read all deliveries with their sealed bodies.
create index delivery_echo on delivery (practice, destination) where withheld = 'echo';
