cd /srv/data
less 顧客名簿.csv
cp 顧客名簿.csv /mnt/usb/
less �I.csv
