// what commands print in these tests is read, whatever the one who runs them has told programs of colours
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = "1";
