"""Flow records."""

from __future__ import annotations

from tests.readers.make_line_samples import Log

# ruff: noqa: E501  # log lines are as long as they are

LOGS = (
    Log(
        "network.nfdump_csv",
        "flows.csv",
        (
            "2024-06-17 10:00:00,2024-06-17 10:00:12,12.345,192.0.2.10,198.51.100.20,50122,443,TCP,...AP.SF,0,0,120,5242880,0,0,1,2,0,0,0,0,0,0,0.0.0.0,203.0.113.1",
            "2024-06-17 10:00:05,2024-06-17 10:00:05,0.000,2001:db8::10,2001:db8::53,40000,53,UDP,........,0,0,1,72,0,0,1,2,0,0,0,0,0,0,::,203.0.113.1",
        ),
        (
            "2024-06-17 10:01:00,2024-06-17 10:01:01,1.000,192.0.2.11,198.51.100.21,50123,80,TCP,...AP.SF,0,0,3,300,0,0,本社,拠点,0,0,0,0,0,0,0.0.0.0,203.0.113.1",
        ),
        ("ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,ra",),
    ),
    Log(
        "network.nfdump_csv_names",
        "flows.csv",
        (
            "2024-06-17 10:00:00.123,12.345,TCP,192.0.2.10,50122,198.51.100.20,443,120,5242880,3400000,43690,1",
            "2024-06-17 10:00:05.000,0.000,UDP,2001:db8::10,40000,2001:db8::53,53,1,72,0,72,1",
        ),
        ("2024-06-17 10:01:00.000,1.000,TCP,192.0.2.11,50123,198.51.100.21,80,3,300,2400,本社,1",),
        ("firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,bps,bpp,flows",),
    ),
    Log(
        "network.nfdump_json",
        "flows.json",
        (
            '{"type":"FLOW","sampled":0,"export_sysid":1,"first":"2024-06-17T10:00:00.123","last":"2024-06-17T10:00:12.468","in_packets":120,"in_bytes":5242880,"proto":6,"tcp_flags":"...AP.SF","src_port":50122,"dst_port":443,"src4_addr":"192.0.2.10","dst4_addr":"198.51.100.20","ip4_router":"203.0.113.1"}',
            '{"type":"FLOW","sampled":0,"export_sysid":1,"first":"2024-06-17T10:00:05.000","last":"2024-06-17T10:00:05.000","in_packets":1,"in_bytes":72,"proto":17,"src_port":40000,"dst_port":53,"src6_addr":"2001:db8::10","dst6_addr":"2001:db8::53"}',
        ),
        (
            '{"type":"FLOW","sampled":0,"first":"2024-06-17T10:01:00.000","last":"2024-06-17T10:01:01.000","in_packets":3,"in_bytes":300,"proto":6,"src_port":50123,"dst_port":80,"src4_addr":"192.0.2.11","dst4_addr":"198.51.100.21","label":"本社"}',
        ),
    ),
    Log(
        "network.flow_tools",
        "flows.csv",
        (
            "1718586000,123000000,86400,203.0.113.1,120,5242880,1000,13345,0,0,192.0.2.10,198.51.100.20,0.0.0.0,1,2,50122,443,6,0,27,24,24,0,0",
            "1718586005,0,86405,203.0.113.1,1,72,6000,6000,0,0,192.0.2.11,192.0.2.53,0.0.0.0,1,2,40000,53,17,0,0,24,24,0,0",
        ),
        ("1718586060,0,86460,203.0.113.1,3,300,1,2,0,0,192.0.2.12,198.51.100.21,0.0.0.0,本社,2,50123,80,6,0,27,24,24,0,0",),
        (
            "#:unix_secs,unix_nsecs,sysuptime,exaddr,dpkts,doctets,first,last,engine_type,engine_id,srcaddr,dstaddr,nexthop,input,output,srcport,dstport,prot,tos,tcp_flags,src_mask,dst_mask,src_as,dst_as",
        ),
    ),
    Log(
        "network.silk",
        "rwcut.txt",
        (
            "     192.0.2.10|  198.51.100.20|50122|  443|  6|       120|   5242880|FS PA   |2024/06/17T01:00:00.123|   12.345|2024/06/17T01:00:12.468|   S0|",
            "   2001:db8::10|   2001:db8::53|40000|   53| 17|         1|        72|        |2024/06/17T01:00:05.000|    0.000|2024/06/17T01:00:05.000|   S0|",
        ),
        (
            "     192.0.2.11|  198.51.100.21|50123|   80|  6|         3|       300|FS PA   |2024/06/17T01:01:00.000|    1.000|2024/06/17T01:01:01.000| 本社|",
        ),
        (
            "            sIP|            dIP|sPort|dPort|pro|   packets|     bytes|   flags|                  sTime| duration|                  eTime|sensor|",
        ),
    ),
    Log(
        "network.ipfix_csv",
        "ipfix.csv",
        (
            "2024-06-17 01:00:00.123,2024-06-17 01:00:12.468,192.0.2.10,198.51.100.20,50122,443,6,120,5242880,,",
            "2024-06-17 01:00:05.000,2024-06-17 01:00:05.000,192.0.2.11,192.0.2.53,40000,53,17,1,72,3,",
        ),
        ("2024-06-17 01:01:00.000,2024-06-17 01:01:01.000,192.0.2.12,198.51.100.21,50123,80,6,3,300,2,山田",),
        (
            "flowStartMilliseconds,flowEndMilliseconds,sourceIPv4Address,destinationIPv4Address,sourceTransportPort,destinationTransportPort,protocolIdentifier,packetDeltaCount,octetDeltaCount,firewallEvent,userName",
        ),
    ),
    Log(
        "network.goflow",
        "flows.json",
        (
            '{"type":"NETFLOW_V9","time_received_ns":1718586013000000000,"sequence_num":1,"sampling_rate":0,"sampler_address":"203.0.113.1","time_flow_start_ns":1718586000123000000,"time_flow_end_ns":1718586012468000000,"bytes":5242880,"packets":120,"src_addr":"192.0.2.10","dst_addr":"198.51.100.20","etype":"IPv4","proto":"TCP","src_port":50122,"dst_port":443}',
            '{"type":"IPFIX","time_received_ns":1718586006000000000,"sequence_num":2,"sampling_rate":100,"sampler_address":"203.0.113.1","time_flow_start_ns":1718586005000000000,"time_flow_end_ns":1718586005000000000,"bytes":72,"packets":1,"src_addr":"2001:db8::10","dst_addr":"2001:db8::53","etype":"IPv6","proto":"UDP","src_port":40000,"dst_port":53}',
        ),
        (
            '{"type":"SFLOW_5","time_received_ns":1718586060000000000,"sampler_address":"203.0.113.1","time_flow_start_ns":1718586060000000000,"bytes":300,"packets":3,"src_addr":"192.0.2.11","dst_addr":"198.51.100.21","proto":"TCP","src_port":50123,"dst_port":80,"note":"本社"}',
        ),
    ),
    Log(
        "cloud.vpc_flow_csv",
        "flows.csv",
        (
            "2,123456789012,eni-0a1b2c3d,192.0.2.10,198.51.100.20,50122,443,6,120,5242880,1718586000,1718586060,ACCEPT,OK",
            "2,123456789012,eni-0a1b2c3d,203.0.113.5,192.0.2.10,40000,22,6,1,40,1718586005,1718586065,REJECT,OK",
        ),
        ("2,123456789012,eni-本社,192.0.2.11,198.51.100.21,50123,80,6,3,300,1718586060,1718586120,ACCEPT,OK",),
        ("version,account_id,interface_id,srcaddr,dstaddr,srcport,dstport,protocol,packets,bytes,start,end,action,log_status",),
    ),
    Log(
        "cloud.gcp_vpc_flow",
        "flows.json",
        (
            '{"insertId":"1a","jsonPayload":{"bytes_sent":"5242880","connection":{"dest_ip":"198.51.100.20","dest_port":443,"protocol":6,"src_ip":"192.0.2.10","src_port":50122},"end_time":"2024-06-17T01:00:12.468Z","packets_sent":"120","reporter":"SRC","src_instance":{"project_id":"p","vm_name":"web01","zone":"asia-northeast1-a"},"start_time":"2024-06-17T01:00:00.123Z"},"logName":"projects/p/logs/compute.googleapis.com%2Fvpc_flows","timestamp":"2024-06-17T01:00:15Z"}',
            '{"insertId":"1b","jsonPayload":{"bytes_sent":"72","connection":{"dest_ip":"192.0.2.53","dest_port":53,"protocol":17,"src_ip":"192.0.2.10","src_port":40000},"end_time":"2024-06-17T01:00:05Z","packets_sent":"1","reporter":"SRC","start_time":"2024-06-17T01:00:05Z"},"timestamp":"2024-06-17T01:00:16Z"}',
        ),
        (
            '{"insertId":"1c","jsonPayload":{"bytes_sent":"300","connection":{"dest_ip":"198.51.100.21","dest_port":80,"protocol":6,"src_ip":"192.0.2.11","src_port":50123},"reporter":"SRC","src_instance":{"vm_name":"本社サーバー"},"start_time":"2024-06-17T01:01:00Z"},"timestamp":"2024-06-17T01:01:05Z"}',
        ),
    ),
)
