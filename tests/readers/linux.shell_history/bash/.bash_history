cd /srv
ls
#1715817903
mysqldump members > /tmp/m.sql
#1715817950
scp /tmp/m.sql \
  backup@198.51.100.7:/tmp/
#1715818000
#1715818010
cp 会員名簿.csv /mnt/usb/
