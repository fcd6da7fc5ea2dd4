//+------------------------------------------------------------------+
//| What is asked of the trade server, and what the terminal keeps   |
//| doing by itself: legs, trailing stops, closing by opposites.     |
//+------------------------------------------------------------------+
#property strict

#include "Json.mqh"
#include "Orders.mqh"

// Codes of our own, where the server has none.
#define CODE_SERVER "server"

struct Refusal
  {
   string            code;
   uint              retcode;
   string            message;
  };

class Trading
  {
private:
   OrderBook         m_book;
   long              m_magic;
   uint              m_deviation;

   static bool       IsBuy(const OrderRecord &r) { return r.side == "buy"; }

   static void       Refuse(Refusal &why, const string code, const uint retcode, const string message)
     {
      why.code = code;
      why.retcode = retcode;
      why.message = message;
     }

public:
                     Trading(void) : m_magic(0), m_deviation(20) {}

   bool              Open(const string path, const long magic, const uint deviation)
     {
      m_magic = magic;
      m_deviation = deviation;
      return m_book.Open(path);
     }

   OrderBook         *Book(void) { return &m_book; }

   static bool       IsHedging(void)
     {
      return AccountInfoInteger(ACCOUNT_MARGIN_MODE) == ACCOUNT_MARGIN_MODE_RETAIL_HEDGING;
     }

   // Signed lots that are held of a symbol, over all positions.
   static double     Held(const string symbol)
     {
      double held = 0;
      for(int i = PositionsTotal() - 1; i >= 0; i--)
        {
         ulong ticket = PositionGetTicket(i);
         if(ticket == 0 || PositionGetString(POSITION_SYMBOL) != symbol)
            continue;
         double volume = PositionGetDouble(POSITION_VOLUME);
         held += PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY ? volume : -volume;
        }
      return held;
     }

   // How much an order may trade without opening anything.
   static double     Reducible(const OrderRecord &r)
     {
      double held = Held(r.symbol);
      double most = IsBuy(r) ? -held : held;
      return Normal(MathMax(0.0, MathMin(most, r.volume)), r.symbol);
     }

   // On the grid of the symbol's volumes, never more.
   static double     Normal(const double volume, const string symbol)
     {
      double step = SymbolInfoDouble(symbol, SYMBOL_VOLUME_STEP);
      if(step <= 0)
         return volume;
      return NormalizeDouble(MathFloor(volume / step + 1e-9) * step, 8);
     }

   static ENUM_ORDER_TYPE_FILLING Filling(const string symbol, const bool isPending)
     {
      long modes = SymbolInfoInteger(symbol, SYMBOL_FILLING_MODE);
      if(isPending)
         return ORDER_FILLING_RETURN;
      if((modes & SYMBOL_FILLING_IOC) != 0)
         return ORDER_FILLING_IOC;
      if((modes & SYMBOL_FILLING_FOK) != 0)
         return ORDER_FILLING_FOK;
      return ORDER_FILLING_RETURN;
     }

   static bool       TypeOf(const OrderRecord &r, ENUM_ORDER_TYPE &type)
     {
      bool buy = IsBuy(r);
      if(r.type == "market")
         type = buy ? ORDER_TYPE_BUY : ORDER_TYPE_SELL;
      else if(r.type == "limit")
         type = buy ? ORDER_TYPE_BUY_LIMIT : ORDER_TYPE_SELL_LIMIT;
      else if(r.type == "stop" || r.type == "trailing-stop")
         type = buy ? ORDER_TYPE_BUY_STOP : ORDER_TYPE_SELL_STOP;
      else if(r.type == "stop-limit")
         type = buy ? ORDER_TYPE_BUY_STOP_LIMIT : ORDER_TYPE_SELL_STOP_LIMIT;
      else
         return false;
      return true;
     }

   // Reads an order of a request. False with the reason where it is none.
   static bool       Read(const JsonReader &json, const int at, OrderRecord &r, Refusal &why)
     {
      r.cid = json.Text(at, "cid");
      r.symbol = json.Text(at, "symbol");
      r.side = json.Text(at, "side");
      r.type = json.Text(at, "type");
      r.volume = json.Number(at, "volume");
      r.price = json.Number(at, "price");
      r.stop = json.Number(at, "stop");
      r.trail = json.Number(at, "trail");
      r.reduce = json.IsTrue(at, "reduce");
      r.parent = "";
      r.reason = "";
      r.ticket = 0;
      r.retcode = 0;
      r.filledBefore = 0;
      r.state = RECORD_SENDING;
      r.at = (long)TimeLocal();
      ENUM_ORDER_TYPE type;
      int length = StringLen(r.cid);
      if(length == 0 || length > 20 || StringFind(r.cid, "\t") >= 0)
         Refuse(why, "bad_params", 0, "cid must have 1 to 20 characters");
      else if(!SymbolSelect(r.symbol, true))
         Refuse(why, "unknown_symbol", 0, "symbol is not known to this server");
      else if(r.side != "buy" && r.side != "sell")
         Refuse(why, "bad_params", 0, "side must be buy or sell");
      else if(!TypeOf(r, type))
         Refuse(why, "bad_params", 0, "type is not known");
      else if(!(r.volume > 0))
         Refuse(why, "bad_params", 0, "volume must be above 0");
      else if((r.type == "limit" || r.type == "stop-limit") && !(r.price > 0))
         Refuse(why, "bad_params", 0, "price must be above 0");
      else if((r.type == "stop" || r.type == "stop-limit") && !(r.stop > 0))
         Refuse(why, "bad_params", 0, "stop must be above 0");
      else if(r.type == "trailing-stop" && !(r.trail > 0))
         Refuse(why, "bad_params", 0, "trail must be above 0");
      else
         return true;
      return false;
     }

   // Sends an order that is on disk. True where the server took it; the record says what became of it.
   bool              Send(OrderRecord &r, Refusal &why)
     {
      MqlTradeRequest request = {};
      MqlTradeResult result = {};
      ENUM_ORDER_TYPE type;
      if(!TypeOf(r, type))
        {
         Refuse(why, "bad_params", 0, "type is not known");
         return false;
        }
      double volume = r.volume;
      if(r.reduce)
        {
         volume = Reducible(r);
         if(volume <= 0)
           {
            r.state = RECORD_ENDED;
            r.reason = "nothing_to_reduce";
            m_book.Store(r);
            return true;
           }
        }
      int digits = (int)SymbolInfoInteger(r.symbol, SYMBOL_DIGITS);
      double bid = SymbolInfoDouble(r.symbol, SYMBOL_BID);
      double ask = SymbolInfoDouble(r.symbol, SYMBOL_ASK);
      request.symbol = r.symbol;
      request.volume = volume;
      request.type = type;
      request.magic = (ulong)m_magic;
      request.comment = r.cid;
      request.type_time = ORDER_TIME_GTC;
      if(r.type == "market")
        {
         request.action = TRADE_ACTION_DEAL;
         request.price = IsBuy(r) ? ask : bid;
         request.deviation = m_deviation;
         request.type_filling = Filling(r.symbol, false);
        }
      else
        {
         request.action = TRADE_ACTION_PENDING;
         request.type_filling = Filling(r.symbol, true);
         if(r.type == "trailing-stop" && r.stop <= 0)
            r.stop = NormalizeDouble(IsBuy(r) ? ask + r.trail : bid - r.trail, digits);
         request.price = NormalizeDouble(r.type == "limit" ? r.price : r.stop, digits);
         if(r.type == "stop-limit")
            request.stoplimit = NormalizeDouble(r.price, digits);
        }
      // On disk before it is sent: whatever happens now is known of afterwards.
      r.state = RECORD_SENDING;
      if(!m_book.Store(r))
        {
         Refuse(why, "bad_params", 10011, "the terminal cannot write its file");
         return false;
        }
      bool sent = OrderSend(request, result);
      r.retcode = result.retcode;
      if(IsTaken(result.retcode))
        {
         r.ticket = result.order;
         r.state = RECORD_SENT;
         m_book.Store(r);
         return true;
        }
      // A time-out or a lost connection leaves it open: the record stays as it was, and the order is looked for.
      if(!IsOpenEnd(result.retcode) && (sent || result.retcode != 0))
        {
         r.state = RECORD_REFUSED;
         r.reason = StringFormat("%u", result.retcode);
         m_book.Store(r);
        }
      Refuse(why, CODE_SERVER, result.retcode == 0 ? 10012 : result.retcode, result.comment);
      return false;
     }

   static bool       IsTaken(const uint retcode)
     {
      return retcode == TRADE_RETCODE_PLACED || retcode == TRADE_RETCODE_DONE || retcode == TRADE_RETCODE_DONE_PARTIAL ||
             retcode == TRADE_RETCODE_NO_CHANGES;
     }

   static bool       IsOpenEnd(const uint retcode)
     {
      return retcode == 0 || retcode == TRADE_RETCODE_TIMEOUT || retcode == TRADE_RETCODE_CONNECTION ||
             retcode == TRADE_RETCODE_ERROR || retcode == TRADE_RETCODE_LOCKED;
     }

   // Looks for an order that was being sent when the terminal ended, by its comment and our magic number.
   bool              Recover(OrderRecord &r)
     {
      for(int i = OrdersTotal() - 1; i >= 0; i--)
        {
         ulong ticket = OrderGetTicket(i);
         if(ticket != 0 && OrderGetInteger(ORDER_MAGIC) == m_magic && OrderGetString(ORDER_COMMENT) == r.cid)
            return Found(r, ticket);
        }
      if(!HistorySelect((datetime)(r.at - 86400), TimeCurrent() + 86400))
         return false;
      for(int i = HistoryOrdersTotal() - 1; i >= 0; i--)
        {
         ulong ticket = HistoryOrderGetTicket(i);
         if(ticket != 0 && HistoryOrderGetInteger(ticket, ORDER_MAGIC) == m_magic &&
            HistoryOrderGetString(ticket, ORDER_COMMENT) == r.cid)
            return Found(r, ticket);
        }
      return false;
     }

   bool              Remove(const ulong ticket, Refusal &why)
     {
      MqlTradeRequest request = {};
      MqlTradeResult result = {};
      request.action = TRADE_ACTION_REMOVE;
      request.order = ticket;
      bool sent = OrderSend(request, result);
      if(sent && IsTaken(result.retcode))
         return true;
      Refuse(why, CODE_SERVER, result.retcode == 0 ? 10012 : result.retcode, result.comment);
      return false;
     }

   bool              Move(OrderRecord &r, const double price, const double stop, Refusal &why)
     {
      if(!OrderSelect(r.ticket))
        {
         Refuse(why, "not_open", 0, "the order is not open");
         return false;
        }
      MqlTradeRequest request = {};
      MqlTradeResult result = {};
      int digits = (int)SymbolInfoInteger(r.symbol, SYMBOL_DIGITS);
      request.action = TRADE_ACTION_MODIFY;
      request.order = r.ticket;
      request.symbol = r.symbol;
      request.price = NormalizeDouble(r.type == "limit" ? price : stop, digits);
      if(r.type == "stop-limit")
         request.stoplimit = NormalizeDouble(price, digits);
      request.type_time = ORDER_TIME_GTC;
      bool sent = OrderSend(request, result);
      if(!sent || !IsTaken(result.retcode))
        {
         Refuse(why, CODE_SERVER, result.retcode == 0 ? 10012 : result.retcode, result.comment);
         return false;
        }
      r.price = price;
      r.stop = stop;
      return m_book.Store(r);
     }

   // Closes opposite positions of ours against one another, so that a hedging account holds the net.
   void              CloseOpposites(void)
     {
      if(!IsHedging())
         return;
      for(int i = PositionsTotal() - 1; i >= 0; i--)
        {
         ulong ticket = PositionGetTicket(i);
         if(ticket == 0 || PositionGetInteger(POSITION_MAGIC) != m_magic)
            continue;
         string symbol = PositionGetString(POSITION_SYMBOL);
         long type = PositionGetInteger(POSITION_TYPE);
         for(int other = i - 1; other >= 0; other--)
           {
            ulong opposite = PositionGetTicket(other);
            if(opposite == 0 || PositionGetInteger(POSITION_MAGIC) != m_magic ||
               PositionGetString(POSITION_SYMBOL) != symbol || PositionGetInteger(POSITION_TYPE) == type)
               continue;
            MqlTradeRequest request = {};
            MqlTradeResult result = {};
            request.action = TRADE_ACTION_CLOSE_BY;
            request.position = ticket;
            request.position_by = opposite;
            request.magic = (ulong)m_magic;
            if(!OrderSend(request, result))
               PrintFormat("ApexTrade: positions could not be closed by one another (%u)", result.retcode);
            // What is held has changed: the rest is looked at in the next turn.
            return;
           }
        }
     }

   // Moves a trailing stop after the best price, by at least a point, never back.
   void              Trail(OrderRecord &r)
     {
      if(r.type != "trailing-stop" || r.state != RECORD_SENT || !OrderSelect(r.ticket))
         return;
      double point = SymbolInfoDouble(r.symbol, SYMBOL_POINT);
      double level = (double)SymbolInfoInteger(r.symbol, SYMBOL_TRADE_STOPS_LEVEL) * point;
      double behind = MathMax(r.trail, level);
      double wanted = IsBuy(r) ? SymbolInfoDouble(r.symbol, SYMBOL_ASK) + behind : SymbolInfoDouble(r.symbol, SYMBOL_BID) - behind;
      bool better = IsBuy(r) ? wanted < r.stop - point : wanted > r.stop + point;
      if(!better)
         return;
      Refusal why;
      if(!Move(r, r.price, wanted, why) && why.retcode != TRADE_RETCODE_MARKET_CLOSED)
         PrintFormat("ApexTrade: a trailing stop could not be moved (%u)", why.retcode);
     }

private:
   bool              Found(OrderRecord &r, const ulong ticket)
     {
      r.ticket = ticket;
      r.state = RECORD_SENT;
      return m_book.Store(r);
     }
  };
//+------------------------------------------------------------------+
