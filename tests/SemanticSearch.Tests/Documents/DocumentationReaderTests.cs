using KernelForge.TestData;
using SemanticSearch.Documents;

namespace SemanticSearch.Tests.Documents;

public sealed class DocumentationReaderTests
{
    [Fact]
    public void A_method_reads_as_a_person_writes_it()
    {
        ApiMember member = Assert.Single(Read("""
            <member name="M:System.IO.File.ReadLines(System.String)"><summary>Reads the
              lines of a file.</summary><param name="path">The <b>file</b>.</param></member>
            """));
        Assert.Equal(("System.IO.File.ReadLines", "Reads the lines of a file."), (member.Display, member.Summary));
        Document document = member.ToDocument();
        Assert.Equal("System.IO.File.ReadLines()", document.Title);
        Assert.Equal("read lines (file): Reads the lines of a file.", document.Embedded);
    }

    [Fact]
    public void References_read_as_the_last_of_their_names_and_keywords_as_themselves()
    {
        ApiMember member = Assert.Single(Read("""
            <member name="T:A.B"><summary>Is <see langword="null" />, <paramref name="x" /> or a
            <see cref="T:System.Collections.Generic.List`1" />; see <see cref="M:A.B.Go(System.Int32)">there</see>.<para>Twice.</para>
            </summary></member>
            """));
        Assert.Equal("Is null, x or a List; see there. Twice.", member.Summary);
    }

    [Fact]
    public void Type_parameters_have_their_names()
    {
        IReadOnlyList<ApiMember> members = Read("""
            <member name="T:A.Map`2"><typeparam name="TKey">k</typeparam><typeparam name="TValue">v</typeparam>
              <summary>A map.</summary></member>
            <member name="M:A.Map`2.Select``1(System.Func{`0,``0})"><summary>Selects.</summary>
              <typeparam name="TResult">r</typeparam></member>
            <member name="M:A.Map`2.Clear"><summary>Clears.</summary></member>
            """);
        string[] expected = ["A.Map<TKey, TValue>", "A.Map<TKey, TValue>.Select<TResult>", "A.Map<TKey, TValue>.Clear"];
        Assert.Equal(expected, members.Select(m => m.Display));
        Assert.Equal("select (map): Selects.", members[1].ToDocument().Embedded);
        Assert.Equal("map: A map.", members[0].ToDocument().Embedded);
    }

    [Theory]
    [InlineData("P:A.B.Count")]
    [InlineData("M:A.B.#ctor")]
    [InlineData("M:A.B.op_Addition(A.B,A.B)")]
    [InlineData("M:A.B.System#IDisposable#Dispose")]
    public void Only_types_and_methods_that_have_a_name_of_their_own_are_read(string name) =>
        Assert.Empty(Read($"""<member name="{name}"><summary>Something.</summary></member>"""));

    [Fact]
    public void What_says_nothing_of_itself_is_left_out() =>
        Assert.Empty(Read("""
            <member name="T:A.B" /><member name="T:A.C"><summary /></member><member name="T:A.D"><summary> </summary></member>
            """));

    [Fact]
    public void A_file_that_breaks_off_is_named()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("broken.xml", "<doc><members><member name=\"T:A.B\"><summary>Some");
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => DocumentationReader.Read(file));
        Assert.Contains("broken.xml", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReadAllLinesAsync", "read all lines async")]
    [InlineData("XMLReader", "xml reader")]
    [InlineData("SHA256", "sha256")]
    [InlineData("ToInt32", "to int32")]
    [InlineData("List<T>", "list")]
    [InlineData("IOException", "io exception")]
    public void Names_fall_into_words(string name, string words) => Assert.Equal(words, ApiMember.Words(name));

    [Fact]
    public void Overloads_are_one_document_with_the_shortest_summary()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.xml", Wrap("""
            <member name="M:A.B.Go(System.Int32)"><summary>Goes a number of steps.</summary></member>
            <member name="M:A.B.Go"><summary>Goes.</summary></member>
            <member name="M:A.B.Go(System.String)"><summary>Goes to a place.</summary></member>
            """));
        Document document = Assert.Single(new DocumentationSource(folder.Path, 10).Read(Fail, default));
        Assert.Equal(("A.B.Go() and 2 more", "Goes."), (document.Title, document.Text));
    }

    [Fact]
    public void The_deepest_namespaces_are_cut_off_first()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.xml", Wrap("""
            <member name="T:A.B.C.Deep"><summary>Deep.</summary></member><member name="T:A.Flat"><summary>Flat.</summary></member>
            """));
        Assert.Equal("A.Flat", Assert.Single(new DocumentationSource(folder.Path, 1).Read(Fail, default)).Title);
    }

    [Fact]
    public void The_fingerprint_changes_with_a_file_that_does()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("a.xml", Wrap(""));
        string before = new DocumentationSource(folder.Path, 10).Fingerprint;
        Assert.Equal(before, new DocumentationSource(folder.Path, 10).Fingerprint);
        File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(file).AddSeconds(1));
        string touched = new DocumentationSource(folder.Path, 10).Fingerprint;
        folder.Write("b.xml", Wrap(""));
        Assert.Equal(3, new HashSet<string> { before, touched, new DocumentationSource(folder.Path, 10).Fingerprint }.Count);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_left_out_and_named()
    {
        using var folder = new TemporaryFolder();
        folder.Write("bad.xml", "<doc><member");
        folder.Write("good.xml", Wrap("""<member name="T:A.B"><summary>Some.</summary></member>"""));
        var warnings = new List<string>();
        Assert.Single(new DocumentationSource(folder.Path, 10).Read(warnings.Add, default));
        Assert.Contains("bad.xml", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static void Fail(string warning) => Assert.Fail(warning);

    private static IReadOnlyList<ApiMember> Read(string members)
    {
        using var folder = new TemporaryFolder();
        return DocumentationReader.Read(folder.Write("some.xml", Wrap(members)));
    }

    private static string Wrap(string members) =>
        $"<?xml version=\"1.0\"?>\n<doc>\n  <assembly><name>Some</name></assembly>\n  <members>\n{members}\n  </members>\n</doc>\n";
}
