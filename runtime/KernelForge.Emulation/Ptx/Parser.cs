using System.Collections.Immutable;

namespace KernelForge.Emulation.Ptx;

/// <summary>Reads a module. Everything but instructions is here; see <see cref="InstructionParser"/> for those.</summary>
internal sealed class Parser
{
    private readonly TokenReader reader;
    private readonly PtxModule module = new();
    private readonly Scope moduleScope = new(null);
    private SourcePlace origin;
    private string lastLabel = "";

    private Parser(string source) => reader = new TokenReader(new Scanner(source).ReadAll());

    /// <exception cref="PtxException">The text is not PTX as this parser knows it.</exception>
    public static PtxModule Parse(string source)
    {
        var parser = new Parser(source);
        while (parser.reader.Current.Kind != TokenKind.End) parser.ModuleItem();
        return parser.module;
    }

    private void ModuleItem()
    {
        Token token = reader.Current;
        switch (token.Text)
        {
            case ".version":
                reader.Skip();
                module.Version = reader.Current.Text;
                reader.Skip();
                break;
            case ".address_size": reader.Skip(); reader.Skip(); break;
            case ".target":
                reader.Skip();
                module.Target = reader.Word();
                while (reader.Accept(',')) reader.Skip();
                break;
            case ".file": File(); break;
            case ".loc": reader.SkipLine(); break;
            case ".section": reader.SkipLine(); if (reader.Current.Is('{')) reader.SkipBlock(); break;
            case ".visible" or ".weak" or ".extern" or ".common": Linked(); break;
            case ".entry" or ".func": Function(token.Text == ".entry"); break;
            default: Variables(moduleScope, module.Variables, isExternal: false); break;
        }
    }

    private void Linked()
    {
        bool isExternal = reader.Word() == ".extern";
        if (reader.Current.Text is ".entry" or ".func") Function(reader.Current.Text == ".entry");
        else Variables(moduleScope, module.Variables, isExternal);
    }

    private void Function(bool isEntry)
    {
        reader.Skip();
        var scope = new Scope(moduleScope);
        ImmutableArray<PtxVariable> results = reader.Current.Is('(') ? Parameters(scope) : [];
        string name = reader.Word();
        ImmutableArray<PtxVariable> parameters = reader.Current.Is('(') ? Parameters(scope) : [];
        var function = new PtxFunction { Name = name, IsEntry = isEntry, Parameters = parameters, Results = results };
        while (!reader.Current.Is('{') && !reader.Current.Is(';')) LaunchDirective(function);
        if (reader.Accept(';')) return;
        origin = default;
        Block(function, scope);
        module.Functions[name] = function;
    }

    private void LaunchDirective(PtxFunction function)
    {
        string directive = reader.Word();
        if (directive is ".noreturn") return;
        var values = new List<int> { (int)reader.Integer() };
        while (reader.Accept(',')) values.Add((int)reader.Integer());
        int At(int index) => index < values.Count ? values[index] : 1;
        if (directive == ".reqntid") function.RequiredBlock = (At(0), At(1), At(2));
        if (directive == ".maxntid") function.MaximumThreads = At(0) * At(1) * At(2);
    }

    private ImmutableArray<PtxVariable> Parameters(Scope scope)
    {
        reader.Expect('(');
        var parameters = ImmutableArray.CreateBuilder<PtxVariable>();
        while (!reader.Accept(')'))
        {
            if (reader.Word() is not ".param") throw reader.Error("a parameter is declared by .param");
            PtxVariable parameter = Declarator(StateSpace.Parameter, isExternal: false);
            scope.Add(parameter);
            parameters.Add(parameter);
            reader.Accept(',');
        }
        return parameters.ToImmutable();
    }

    private void Block(PtxFunction function, Scope scope)
    {
        reader.Expect('{');
        while (!reader.Accept('}'))
        {
            Token token = reader.Current;
            if (token.Is('{')) Block(function, new Scope(scope));
            else if (token.Text == ".reg") Registers(scope);
            else if (token.Text == ".pragma") { reader.Skip(); reader.Skip(); reader.Expect(';'); }
            else if (token.Text == ".file") File();
            else if (token.Text == ".loc") Location();
            else if (token.Text == ".branchtargets") BranchTargets(function, scope);
            else if (token.Kind == TokenKind.Word && token.Text[0] == '.') Variables(scope, function.Variables, isExternal: false);
            else if (token.Kind == TokenKind.Word && reader.Following.Is(':')) Label(function, scope);
            else function.Instructions.Add(InstructionParser.Read(reader, scope, origin));
        }
    }

    private void Label(PtxFunction function, Scope scope)
    {
        lastLabel = scope.AddLabel(reader.Word());
        function.Labels[lastLabel] = function.Instructions.Count;
        reader.Expect(':');
    }

    // The label before it names the list.
    private void BranchTargets(PtxFunction function, Scope scope)
    {
        reader.Skip();
        var targets = ImmutableArray.CreateBuilder<NameOperand>();
        do targets.Add(new NameOperand(reader.Word(), scope));
        while (reader.Accept(','));
        reader.Expect(';');
        function.BranchTargets[lastLabel] = targets.ToImmutable();
    }

    private void File()
    {
        reader.Skip();
        int number = (int)reader.Integer();
        module.Files[number] = Path.GetFileName(reader.Current.Text.Trim('"'));
        reader.SkipLine();
    }

    private void Location()
    {
        reader.Skip();
        int file = (int)reader.Integer();
        origin = new SourcePlace(file, (int)reader.Integer());
        reader.SkipLine();
    }

    private void Registers(Scope scope)
    {
        reader.Skip();
        string typeName = reader.Word();
        ScalarType type = ScalarTypes.Parse(typeName[1..]);
        if (type == ScalarType.None) throw reader.Error($"registers of type '{typeName}' are not known");
        do
        {
            string name = reader.Word();
            if (reader.Accept('<'))
            {
                scope.AddRange(name, (int)reader.Integer(), type);
                reader.Expect('>');
            }
            else scope.Add(new PtxRegister(name, type));
        }
        while (reader.Accept(','));
        reader.Expect(';');
    }

    private void Variables(Scope scope, List<PtxVariable> into, bool isExternal)
    {
        string word = reader.Word();
        if (!StateSpaces.TryParse(word.TrimStart('.'), out StateSpace space))
            throw reader.Error($"the directive '{word}' is not known");
        do
        {
            PtxVariable variable = Declarator(space, isExternal);
            scope.Add(variable);
            into.Add(variable);
        }
        while (reader.Accept(','));
        reader.Expect(';');
    }

    private PtxVariable Declarator(StateSpace space, bool isExternal)
    {
        int alignment = 0;
        var type = ScalarType.None;
        int perElement = 1;
        while (reader.Current.Kind == TokenKind.Word && reader.Current.Text[0] == '.')
        {
            string word = reader.Word();
            if (word == ".align") alignment = (int)reader.Integer();
            else if (word is ".v2" or ".v4") perElement = word[2] - '0';
            else if (ScalarTypes.Parse(word[1..]) is not ScalarType.None and var known) type = known;
            else if (word != ".ptr" && !StateSpaces.TryParse(word[1..], out _)) throw reader.Error($"'{word}' in a declaration is not known");
        }
        string name = reader.Word();
        int elements = perElement;
        while (reader.Accept('['))
        {
            elements *= reader.Current.Is(']') ? 0 : (int)reader.Integer();
            reader.Expect(']');
        }
        ImmutableArray<byte> initial = reader.Accept('=') ? Initial(type) : [];
        return new PtxVariable
        {
            Name = name,
            Space = space,
            Type = type,
            Elements = elements,
            IsExternal = isExternal,
            Alignment = alignment > 0 ? alignment : type.Bytes() * perElement,
            Initial = initial,
        };
    }

    private ImmutableArray<byte> Initial(ScalarType type)
    {
        var bytes = ImmutableArray.CreateBuilder<byte>();
        void One()
        {
            if (reader.Accept('{'))
            {
                while (!reader.Accept('}')) { One(); reader.Accept(','); }
                return;
            }
            ulong bits = InstructionParser.Immediate(reader).Bits;
            for (int i = 0; i < type.Bytes(); i++) bytes.Add((byte)(bits >> (8 * i)));
        }
        One();
        return bytes.ToImmutable();
    }
}
