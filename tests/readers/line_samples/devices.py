"""Windows' log of installed devices."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

LOGS = (
    Log(
        "windows.setupapi",
        "setupapi.dev.log",
        (
            (
                r">>>  [Device Install (Hardware initiated) - USBSTOR\Disk&Ven_Example&Prod_Flash&Rev_1.00\AA00112233&0]"
                "\r\n>>>  Section start 2024/06/17 09:12:33.123"
                "\r\n     dvi:           DevDesc      - Disk drive"
                "\r\n<<<  Section end 2024/06/17 09:12:35.456"
                "\r\n<<<  [Exit status: SUCCESS]\r\n"
            ),
            (
                r">>>  [Device Install (Hardware initiated) - SWD\WPDBUSENUM\{00000000-0000-0000-0000-000000000001}]"
                "\r\n>>>  Section start 2024/06/17 09:13:00.001"
                "\r\n<<<  Section end 2024/06/17 09:13:01.000"
                "\r\n<<<  [Exit status: FAILURE(0x00000490)]\r\n"
            ),
            "[Boot Session: 2024/06/18 08:30:00.500]\r\n",
            (
                r">>>  [Setup Import Driver Package - C:\Windows\INF\example.inf]"
                "\r\n>>>  Section start 2024/06/18 08:31:00.000"
                "\r\n<<<  Section end 2024/06/18 08:31:01.000"
                "\r\n<<<  [Exit status: SUCCESS]\r\n"
            ),
            (
                r">>>  [Delete Device - USBSTOR\Disk&Ven_Example&Prod_Flash&Rev_1.00\AA00112233&0]"
                "\r\n>>>  Section start 2024/07/17 09:00:00.000"
                "\r\n<<<  Section end 2024/07/17 09:00:00.100"
                "\r\n<<<  [Exit status: SUCCESS]\r\n"
            ),
            (
                "[2005/03/04 12:34:56 1234.5 Driver Install]"
                "\r\n#-019 Searching for hardware ID(s): usbstor\\diskexample_flash___1.00,usbstor\\gendisk"
                '\r\n#I121 Device install of "USBSTOR\\DISK&VEN_EXAMPLE&PROD_FLASH\\BB1&0" finished successfully.\r\n'
            ),
        ),
        (
            (
                r">>>  [Device Install (Hardware initiated) - USB\VID_0000&PID_0001\携帯01]"
                "\r\n>>>  Section start 2024/06/17 10:00:00.000"
                "\r\n     dvi:           DevDesc      - 外付けディスク"
                "\r\n<<<  Section end 2024/06/17 10:00:01.000"
                "\r\n<<<  [Exit status: SUCCESS]\r\n"
            ),
            (
                r">>>  [Device Install (Hardware initiated) - USB\VID_0000&PID_0001\端末]"
                "\r\n>>>  Section start 2024/06/17 10:00:02.000\r\n"
            ),
        ),
        header=("[Device Install Log]", "     OS Version = 10.0.22631", "", "[BeginLog]", ""),
        end="\r\n",
    ),
)
