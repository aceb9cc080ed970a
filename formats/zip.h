/* Records of a ZIP file (PKWARE APPNOTE 4.3), shared by package.c and package_encode.c. All little-endian. */
#ifndef ZY_FORMATS_ZIP_H
#define ZY_FORMATS_ZIP_H

#define ZIP_LOCAL 0x04034b50u
#define ZIP_CENTRAL 0x02014b50u
#define ZIP_END 0x06054b50u
#define ZIP_DESCRIPTOR 0x08074b50u

#define ZIP_END_LEN 22
#define ZIP_LOCAL_LEN 30

enum { ZIP_FLAG_DEFLATE_HINT = 0x0006, ZIP_FLAG_DESCRIPTOR = 0x0008, ZIP_FLAG_UTF8 = 0x0800 };
enum { ZIP_STORED = 0, ZIP_DEFLATED = 8 };

#endif
