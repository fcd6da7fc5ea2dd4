//+------------------------------------------------------------------+
//| Requests of the protocol and their answers.                      |
//+------------------------------------------------------------------+
#property strict

#include "Shapes.mqh"

#define BARS_MAX 2000
#define SYMBOLS_MAX 500
#define DEALS_MAX 500

class Answers
  {
private:
   Trading          *m_trading;

   bool              Refuse(Refusal &why, const string code, const string message)
     {
      why.code = code;
      why.retcode = 0;
      why.message = message;
      return false;
     }

   string            Placed(const OrderRecord &r, const JsonReader &json, const int legs)
     {
      OrderBook *book = m_trading.Book();
      string named = "";
      for(int leg = json.First(legs); leg >= 0; leg = json.Next(leg))
        {
         OrderRecord told;
         if(book.At(book.Find(json.Text(leg, "cid")), told))
            named += (named == "" ? "" : ",") + "{\"cid\":" + JsonText(told.cid) + ",\"order\":" + JsonText(book.NameOf(told)) + "}";
        }
      uint retcode = r.retcode == 0 ? TRADE_RETCODE_DONE : r.retcode;
      return StringFormat("{\"retcode\":%u,\"order\":%s,\"legs\":[%s]}", retcode, JsonText(book.NameOf(r)), named);
     }

   // What is known of an order already is the answer; undefined where it is to be sent now.
   bool              Known(OrderRecord &r, bool &answered, Refusal &why)
     {
      answered = true;
      if(r.state == RECORD_REFUSED)
        {
         why.code = CODE_SERVER;
         why.retcode = r.retcode;
         why.message = "refused before";
         return false;
        }
      if(r.state == RECORD_SENDING && !m_trading.Recover(r))
        {
         // It may be with the server all the same: nobody sends it again.
         why.code = CODE_SERVER;
         why.retcode = TRADE_RETCODE_TIMEOUT;
         why.message = "what became of it is not certain";
         return false;
        }
      return true;
     }

   bool              Place(const JsonReader &json, const int p, string &out, Refusal &why)
     {
      OrderBook *book = m_trading.Book();
      int legs = json.Field(p, "legs");
      OrderRecord r;
      bool answered = false;
      if(book.At(book.Find(json.Text(p, "cid")), r))
        {
         if(!Known(r, answered, why))
            return false;
         out = Placed(r, json, legs);
         return true;
        }
      if(!Trading::Read(json, p, r, why))
         return false;
      OrderRecord waiting[];
      for(int leg = json.First(legs); leg >= 0; leg = json.Next(leg))
        {
         int count = ArraySize(waiting);
         ArrayResize(waiting, count + 1);
         if(!Trading::Read(json, leg, waiting[count], why))
            return false;
         waiting[count].parent = r.cid;
         waiting[count].state = RECORD_WAITING;
        }
      // Legs are on disk before their entry is sent: it may fill within the call.
      for(int i = 0; i < ArraySize(waiting); i++)
         if(!book.Store(waiting[i]))
            return Refuse(why, "bad_params", "the terminal cannot write its file");
      if(!m_trading.Send(r, why))
        {
         if(r.state == RECORD_REFUSED)
            EndLegs(r.cid, "entry refused");
         return false;
        }
      if(r.state == RECORD_ENDED)
         EndLegs(r.cid, "entry ended");
      out = Placed(r, json, legs);
      return true;
     }

   void              EndLegs(const string parent, const string reason)
     {
      OrderBook *book = m_trading.Book();
      for(int i = 0; i < book.Count(); i++)
        {
         OrderRecord leg;
         if(!book.At(i, leg) || leg.parent != parent || leg.state != RECORD_WAITING)
            continue;
         leg.state = RECORD_ENDED;
         leg.reason = reason;
         book.Store(leg);
        }
     }

   bool              Open(const JsonReader &json, const int p, OrderRecord &r, Refusal &why)
     {
      OrderBook *book = m_trading.Book();
      if(!book.At(book.Find(json.Text(p, "cid")), r))
         return Refuse(why, "unknown_order", "the order is not known here");
      if(r.state == RECORD_SENDING && !m_trading.Recover(r))
        {
         why.code = CODE_SERVER;
         why.retcode = TRADE_RETCODE_TIMEOUT;
         why.message = "what became of it is not certain";
         return false;
        }
      bool open = r.state == RECORD_WAITING || (r.state == RECORD_SENT && OrderSelect(r.ticket));
      return open || Refuse(why, "not_open", "the order is not open");
     }

   string            Changed(const OrderRecord &r)
     {
      return StringFormat("{\"retcode\":%u,\"order\":%s}", (uint)TRADE_RETCODE_DONE, JsonText(m_trading.Book().NameOf(r)));
     }

   bool              Cancel(const JsonReader &json, const int p, string &out, Refusal &why)
     {
      OrderRecord r;
      if(!Open(json, p, r, why))
         return false;
      if(r.state == RECORD_WAITING)
        {
         r.state = RECORD_ENDED;
         r.reason = "canceled";
         m_trading.Book().Store(r);
        }
      else
         if(!m_trading.Remove(r.ticket, why))
            return false;
      out = Changed(r);
      return true;
     }

   bool              Modify(const JsonReader &json, const int p, string &out, Refusal &why)
     {
      OrderRecord r;
      if(!Open(json, p, r, why))
         return false;
      double volume = json.Number(p, "volume");
      double price = json.Field(p, "price") < 0 ? r.price : json.Number(p, "price");
      double stop = json.Field(p, "stop") < 0 ? r.stop : json.Number(p, "stop");
      bool sameVolume = MathAbs(volume - r.volume) < 1e-9;
      if(r.state == RECORD_WAITING)
        {
         r.volume = volume;
         r.price = price;
         r.stop = stop;
         m_trading.Book().Store(r);
         out = Changed(r);
         return true;
        }
      if(sameVolume)
        {
         if(!m_trading.Move(r, price, stop, why))
            return false;
         out = Changed(r);
         return true;
        }
      // The server cannot change a volume: the order is removed and placed anew.
      if(OrderGetDouble(ORDER_VOLUME_CURRENT) < OrderGetDouble(ORDER_VOLUME_INITIAL))
         return Refuse(why, "not_open", "a part of the order has filled");
      if(!m_trading.Remove(r.ticket, why))
         return false;
      r.volume = volume;
      r.price = price;
      r.stop = stop;
      r.ticket = 0;
      if(!m_trading.Send(r, why))
        {
         // The old one is gone for certain: what is told of it must not be a refusal that left it as it was.
         why.code = CODE_SERVER;
         why.retcode = TRADE_RETCODE_TIMEOUT;
         return false;
        }
      out = Changed(r);
      return true;
     }

   bool              Find(const JsonReader &json, const int p, string &out)
     {
      OrderBook *book = m_trading.Book();
      OrderRecord r;
      string order;
      out = "{\"order\":null}";
      if(!book.At(book.Find(json.Text(p, "cid")), r))
         return true;
      if(r.state == RECORD_SENDING && !m_trading.Recover(r))
         return true;
      if(!RecordJson(book, r, order))
         return false;
      out = "{\"order\":" + order + "}";
      return true;
     }

   string            OpenOrders(void)
     {
      OrderBook *book = m_trading.Book();
      string list = "";
      for(int i = OrdersTotal() - 1; i >= 0; i--)
        {
         ulong ticket = OrderGetTicket(i);
         if(ticket == 0)
            continue;
         OrderRecord r;
         string json;
         if(book.At(book.FindTicket(ticket), r) && RecordJson(book, r, json))
           {
            list += (list == "" ? "" : ",") + json;
            continue;
           }
         string symbol, comment;
         ENUM_ORDER_TYPE type;
         ENUM_ORDER_STATE state;
         double volume, filled, price, stop;
         long magic;
         if(!TerminalOrder(ticket, symbol, type, volume, filled, price, stop, state, comment, magic))
            continue;
         list += (list == "" ? "" : ",") + OrderJson(StringFormat("%I64u", ticket), "", symbol, IsBuyType(type) ? "buy" : "sell",
                 volume, filled, price, stop, StateText(state), "");
        }
      for(int i = 0; i < book.Count(); i++)
        {
         OrderRecord leg;
         string json;
         if(book.At(i, leg) && leg.state == RECORD_WAITING && RecordJson(book, leg, json))
            list += (list == "" ? "" : ",") + json;
        }
      return "{\"orders\":[" + list + "]}";
     }

   string            Holdings(void)
     {
      string list = "";
      int money = (int)AccountInfoInteger(ACCOUNT_CURRENCY_DIGITS);
      for(int i = PositionsTotal() - 1; i >= 0; i--)
        {
         if(PositionGetTicket(i) == 0)
            continue;
         string symbol = PositionGetString(POSITION_SYMBOL);
         string side = PositionGetInteger(POSITION_TYPE) == POSITION_TYPE_BUY ? "buy" : "sell";
         list += (list == "" ? "" : ",") + "{\"symbol\":" + JsonText(symbol) + ",\"side\":\"" + side + "\",\"volume\":\"" +
                 Decimal(PositionGetDouble(POSITION_VOLUME), 8) + "\",\"price\":\"" +
                 Decimal(PositionGetDouble(POSITION_PRICE_OPEN), 8) + "\",\"contract\":\"" + ContractText(symbol) +
                 "\",\"quote\":" + JsonText(SymbolInfoString(symbol, SYMBOL_CURRENCY_PROFIT)) + "}";
        }
      return "{\"currency\":" + JsonText(AccountInfoString(ACCOUNT_CURRENCY)) + ",\"balance\":\"" +
             Decimal(AccountInfoDouble(ACCOUNT_BALANCE), money) + "\",\"positions\":[" + list + "]}";
     }

   // Deals after an instant and a number, oldest first. The server lists them in the order in which they happened.
   bool              History(const JsonReader &json, const int p, string &out, Refusal &why)
     {
      long from = json.Whole(p, "from_ms");
      ulong after = (ulong)json.Whole(p, "after_deal");
      int limit = (int)MathMin(DEALS_MAX, MathMax(1, json.Whole(p, "limit")));
      datetime begin = (datetime)(from / 1000 + ServerOffset() - 1);
      if(!HistorySelect(begin, TimeTradeServer() + 86400))
         return Refuse(why, CODE_SERVER, "the history cannot be read");
      string list = "";
      int count = 0;
      bool more = false;
      for(int i = 0; i < HistoryDealsTotal(); i++)
        {
         ulong deal = HistoryDealGetTicket(i);
         if(deal == 0)
            return Refuse(why, CODE_SERVER, "the history changed while it was read");
         long at = UtcMs(HistoryDealGetInteger(deal, DEAL_TIME_MSC));
         if(at < from || (at == from && deal <= after))
            continue;
         if(count >= limit)
           {
            more = true;
            break;
           }
         list += (list == "" ? "" : ",") + DealJson(m_trading.Book(), deal);
         count++;
        }
      out = "{\"deals\":[" + list + "],\"more\":" + JsonBool(more) + "}";
      return true;
     }

   bool              Bars(const JsonReader &json, const int p, string &out, Refusal &why)
     {
      string symbol = json.Text(p, "symbol");
      ENUM_TIMEFRAMES timeframe;
      if(!TimeframeOf(json.Text(p, "timeframe"), timeframe))
         return Refuse(why, "bad_params", "timeframe is not known");
      if(!SymbolSelect(symbol, true))
         return Refuse(why, "unknown_symbol", "symbol is not known to this server");
      int limit = (int)MathMin(BARS_MAX, MathMax(1, json.Whole(p, "limit")));
      MqlRates rates[];
      ArraySetAsSeries(rates, false);
      int count = CopyRates(symbol, timeframe, (datetime)json.Whole(p, "from_s"), (datetime)json.Whole(p, "to_s"), rates);
      if(count < 0)
         return Refuse(why, CODE_SERVER, "the terminal is still loading these bars");
      int digits = (int)SymbolInfoInteger(symbol, SYMBOL_DIGITS);
      string list = "";
      for(int i = 0; i < MathMin(count, limit); i++)
         list += (i == 0 ? "" : ",") + StringFormat("[%I64d,%s,%s,%s,%s,%I64d]", (long)rates[i].time, Decimal(rates[i].open, digits),
                 Decimal(rates[i].high, digits), Decimal(rates[i].low, digits), Decimal(rates[i].close, digits),
                 rates[i].tick_volume);
      out = "{\"bars\":[" + list + "],\"more\":" + JsonBool(count > limit) + "}";
      return true;
     }

   string            Symbols(const JsonReader &json, const int p)
     {
      int offset = (int)MathMax(0, json.Whole(p, "offset"));
      int limit = (int)MathMin(SYMBOLS_MAX, MathMax(1, json.Whole(p, "limit")));
      int total = SymbolsTotal(false);
      string list = "";
      for(int i = offset; i < MathMin(total, offset + limit); i++)
         list += (i == offset ? "" : ",") + SymbolJson(SymbolName(i, false));
      return "{\"symbols\":[" + list + "],\"more\":" + JsonBool(offset + limit < total) + "}";
     }

   string            Prices(const JsonReader &json, const int p)
     {
      string list = "";
      for(int each = json.First(json.Field(p, "symbols")); each >= 0; each = json.Next(each))
        {
         string symbol = json.TextOf(each);
         MqlTick tick;
         if(!SymbolSelect(symbol, true) || !SymbolInfoTick(symbol, tick))
            continue;
         list += (list == "" ? "" : ",") + "{\"symbol\":" + JsonText(symbol) + ",\"bid\":\"" + PriceText(symbol, tick.bid) +
                 "\",\"at\":" + StringFormat("%I64d", UtcMs(tick.time_msc)) + "}";
        }
      return "{\"prices\":[" + list + "]}";
     }

   string            Account(void)
     {
      long mode = AccountInfoInteger(ACCOUNT_TRADE_MODE);
      string modes = mode == ACCOUNT_TRADE_MODE_REAL ? "real" : mode == ACCOUNT_TRADE_MODE_CONTEST ? "contest" : "demo";
      bool here = TerminalInfoInteger(TERMINAL_TRADE_ALLOWED) && MQLInfoInteger(MQL_TRADE_ALLOWED);
      bool there = AccountInfoInteger(ACCOUNT_TRADE_ALLOWED) && AccountInfoInteger(ACCOUNT_TRADE_EXPERT);
      return "{\"login\":\"" + StringFormat("%I64d", AccountInfoInteger(ACCOUNT_LOGIN)) + "\",\"server\":" +
             JsonText(AccountInfoString(ACCOUNT_SERVER)) + ",\"currency\":" + JsonText(AccountInfoString(ACCOUNT_CURRENCY)) +
             ",\"mode\":\"" + modes + "\",\"hedging\":" + JsonBool(Trading::IsHedging()) + ",\"trade_allowed\":" + JsonBool(there) +
             ",\"ea_allowed\":" + JsonBool(here) + "}";
     }

public:
   void              Init(Trading *trading) { m_trading = trading; }

   // Carries a request out. False with the reason where it was refused.
   bool              Answer(const string method, const JsonReader &json, const int p, string &out, Refusal &why)
     {
      if(method == "order.place")
         return Place(json, p, out, why);
      if(method == "order.cancel")
         return Cancel(json, p, out, why);
      if(method == "order.modify")
         return Modify(json, p, out, why);
      if(method == "order.find")
         return Find(json, p, out) || Refuse(why, CODE_SERVER, "the order cannot be read now");
      if(method == "history.get")
         return History(json, p, out, why);
      if(method == "bars.get")
         return Bars(json, p, out, why);
      if(method == "orders.get")
         out = OpenOrders();
      else if(method == "holdings.get")
         out = Holdings();
      else if(method == "symbols.list")
         out = Symbols(json, p);
      else if(method == "prices.get")
         out = Prices(json, p);
      else if(method == "account.get")
         out = Account();
      else if(method == "time.get")
         out = StringFormat("{\"at\":%I64d,\"server_s\":%I64d}", (long)TimeGMT() * 1000, (long)TimeTradeServer());
      else
         return Refuse(why, "unknown_method", "there is no such request");
      return true;
     }
  };
//+------------------------------------------------------------------+
