using System.Runtime.CompilerServices;

// What crosses to the driver has the layout that it has in C, and nothing is converted on the way.
[assembly: DisableRuntimeMarshalling]
