//+------------------------------------------------------------------+
//| HMAC-SHA-256 made of the terminal's SHA-256.                     |
//+------------------------------------------------------------------+
#property strict

#define HMAC_BLOCK 64

// SHA-256 of bytes. False where the terminal cannot.
bool Sha256(const uchar &bytes[], uchar &digest[])
  {
   uchar key[];
   ArrayResize(key, 0);
   // An empty array cannot be hashed by CryptEncode; nothing here ever hashes one.
   return CryptEncode(CRYPT_HASH_SHA256, bytes, key, digest) == 32;
  }

// Bytes of a text in UTF-8, without the zero that MQL5 puts at the end.
void Utf8Bytes(const string text, uchar &bytes[])
  {
   int length = StringToCharArray(text, bytes, 0, WHOLE_ARRAY, CP_UTF8);
   ArrayResize(bytes, MathMax(0, length - 1));
  }

string HexOf(const uchar &bytes[])
  {
   string text = "";
   for(int i = 0; i < ArraySize(bytes); i++)
      text += StringFormat("%02x", bytes[i]);
   return text;
  }

// RFC 2104. Empty where the terminal cannot hash.
string HmacSha256Hex(const string secret, const string text)
  {
   uchar key[], message[], digest[];
   Utf8Bytes(secret, key);
   Utf8Bytes(text, message);
   if(ArraySize(key) > HMAC_BLOCK)
     {
      if(!Sha256(key, digest))
         return "";
      ArrayCopy(key, digest, 0, 0, WHOLE_ARRAY);
      ArrayResize(key, ArraySize(digest));
     }
   int used = ArraySize(key);
   ArrayResize(key, HMAC_BLOCK);
   for(int i = used; i < HMAC_BLOCK; i++)
      key[i] = 0;

   uchar inner[];
   ArrayResize(inner, HMAC_BLOCK + ArraySize(message));
   for(int i = 0; i < HMAC_BLOCK; i++)
      inner[i] = (uchar)(key[i] ^ 0x36);
   for(int i = 0; i < ArraySize(message); i++)
      inner[HMAC_BLOCK + i] = message[i];
   uchar innerDigest[];
   if(!Sha256(inner, innerDigest))
      return "";

   uchar outer[];
   ArrayResize(outer, HMAC_BLOCK + 32);
   for(int i = 0; i < HMAC_BLOCK; i++)
      outer[i] = (uchar)(key[i] ^ 0x5c);
   for(int i = 0; i < 32; i++)
      outer[HMAC_BLOCK + i] = innerDigest[i];
   if(!Sha256(outer, digest))
      return "";
   return HexOf(digest);
  }

// Chance for a nonce: the terminal has no generator for secrets, so many things that nobody knows together are hashed.
string NewNonce()
  {
   string seed = StringFormat("%I64u|%I64u|%d|%d|%s|%I64u|%I64d", GetMicrosecondCount(), GetTickCount64(), MathRand(),
                              MathRand(), TerminalInfoString(TERMINAL_DATA_PATH),
                              (ulong)TerminalInfoInteger(TERMINAL_MEMORY_AVAILABLE), (long)TimeLocal());
   uchar bytes[], digest[];
   Utf8Bytes(seed, bytes);
   if(!Sha256(bytes, digest))
      return "";
   ArrayResize(digest, 16);
   return HexOf(digest);
  }

// Compared in a time that depends on the lengths only.
bool EqualTexts(const string left, const string right)
  {
   int different = StringLen(left) ^ StringLen(right);
   int length = MathMin(StringLen(left), StringLen(right));
   for(int i = 0; i < length; i++)
      different |= StringGetCharacter(left, i) ^ StringGetCharacter(right, i);
   return different == 0;
  }
//+------------------------------------------------------------------+
